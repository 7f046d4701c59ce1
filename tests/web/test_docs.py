"""The reference at /docs works offline."""


def test_the_reference_and_its_files_come_from_here(client):
    page = client.get("/docs").text
    assert "swagger-ui" in page and "http" not in page.replace("http-equiv", "")
    assert client.get("/docs/files/swagger-ui-bundle.js").status_code == 200
    assert client.get("/docs/files/swagger-ui.css").mimetype == "text/css"
    assert client.get("/docs/files/../../settings.py").status_code == 404
    assert client.get("/docs/files/index.html").status_code == 404
