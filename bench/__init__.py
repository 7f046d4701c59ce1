"""Benchmarks: what plnapi costs beside a bound or a peer, both measured in turn in one run. `python -m bench --help`."""
