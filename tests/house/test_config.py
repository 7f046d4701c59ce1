"""Settings: all problems at once, secrets made and kept, nothing secret printed."""

import json
import stat
from importlib.util import find_spec

import pytest

from plnapi.config import Settings
from plnapi.errors import ConfigurationError


@pytest.fixture(autouse=True)
def clean(monkeypatch, tmp_path):
    for name in ("DATABASE_URL", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PLN_INSTANCE", str(tmp_path / "instance"))


def test_a_first_start_makes_a_secret_that_only_its_owner_reads_and_keeps_it(tmp_path):
    first = Settings.from_env()
    kept = tmp_path / "instance" / "secret_key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert len(first.secret_key) >= 48 and Settings.from_env().secret_key == first.secret_key


def test_all_problems_are_named_at_once(monkeypatch):
    for name, value in {
        "PLN_BASE_URL": "example.edu/path", "PLN_LOOK_EVERY": "often", "SECRET_KEY": "short",
        "DATABASE_URL": "mysql://x", "PLN_LOOPBACK_PEERS": "10.0.0.1:80", "PLN_TIME_ZONE": "Mars/Olympus",
        "PLN_JOBS_URL": "sqlite:///jobs.db", "PLN_RATE_LIMIT": "often", "PLN_RATE_LIMIT_URL": "localhost",
        "PLN_EXTRA_PORTS": "8080,99999", "PLN_STAND_INS": "https://plc.directory",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as refused:
        Settings.from_env()
    assert len(refused.value.problems) == 11
    assert "short" not in str(refused.value).replace("Shorter", "")


@pytest.mark.skipif(find_spec("redis") is not None, reason="the package redis is installed")
def test_a_store_whose_package_is_missing_is_told_at_the_start(monkeypatch):
    monkeypatch.setenv("PLN_RATE_LIMIT_URL", "redis://127.0.0.1:6379")
    with pytest.raises(ConfigurationError, match="redis, which this needs"):
        Settings.from_env()


@pytest.mark.parametrize(
    "value",
    [
        "https://a.example=b.example", "https://a.example=https://b.example/path", "ftp://a.example=http://b.example",
        "https://a.example=http://b.example,https://a.example=http://c.example", "https://a=http://b=http://c", "=",
    ],
)  # fmt: skip
def test_a_stand_in_is_a_pair_of_origins(monkeypatch, value):
    monkeypatch.setenv("PLN_STAND_INS", value)
    with pytest.raises(ConfigurationError, match="PLN_STAND_INS"):
        Settings.from_env()


def test_stand_ins_are_read_and_printed(monkeypatch):
    pair = "https://public.api.bsky.app=http://localhost:2584"
    monkeypatch.setenv("PLN_STAND_INS", pair)
    assert Settings.from_env().stand_ins == (pair,)
    assert Settings.from_env().redacted()["PLN_STAND_INS"] == pair


def test_a_secret_may_come_from_a_file(monkeypatch, tmp_path):
    (tmp_path / "secret").write_text("s" * 40 + "\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "secret"))
    assert Settings.from_env().secret_key == "s" * 40


def test_a_file_that_cannot_be_read_is_a_problem_like_others(monkeypatch):
    monkeypatch.setenv("DATABASE_URL_FILE", "/nowhere/at/all")
    monkeypatch.setenv("PLN_LOOK_EVERY", "0")
    with pytest.raises(ConfigurationError) as refused:
        Settings.from_env()
    assert len(refused.value.problems) == 2


def test_former_secrets_are_a_list_also_in_a_file_and_as_long_as_others(monkeypatch, tmp_path):
    (tmp_path / "former").write_text(f"{'s' * 40}, {'t' * 40}\n")
    monkeypatch.setenv("SECRET_KEY_FALLBACKS_FILE", str(tmp_path / "former"))
    assert Settings.from_env().former_keys == ("s" * 40, "t" * 40)
    monkeypatch.delenv("SECRET_KEY_FALLBACKS_FILE")
    monkeypatch.setenv("SECRET_KEY_FALLBACKS", f"{'s' * 40},short")
    with pytest.raises(ConfigurationError, match="SECRET_KEY_FALLBACKS: Shorter"):
        Settings.from_env()


def test_what_is_printed_holds_no_secret(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://plnapi:hunter22@db/plnapi")
    monkeypatch.setenv("SECRET_KEY", "k" * 40)
    monkeypatch.setenv("SECRET_KEY_FALLBACKS", "k" * 41)
    printed = json.dumps(Settings.from_env().redacted()) + repr(Settings.from_env())
    assert "hunter22" not in printed and "kkkk" not in printed and "plnapi" in printed


def test_the_command_prints_them_and_names_what_nothing_reads(app, monkeypatch):
    monkeypatch.setenv("PLN_LOOK_EVRY", "5")
    result = app.test_cli_runner().invoke(args=["config"])
    assert "SECRET_KEY=***" in result.output and "PLN_LOOK_EVRY" in result.output
    as_json = app.test_cli_runner().invoke(args=["config", "--json"])
    assert json.loads(as_json.output)["PLN_LOOK_EVERY"] == "30"
