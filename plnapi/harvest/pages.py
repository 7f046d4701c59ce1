"""The page about networks: what is seen on each by itself, and what is not."""

from flask import Blueprint, render_template

from plnapi.harvest import networks
from plnapi.web.guards import signed_in

blp = Blueprint("harvest_pages", __name__, template_folder="templates")


@blp.get("/networks")
@signed_in()
def networks_page() -> str:
    """The matrix as two tables: where something is seen, and where a link is the way."""
    rows = networks.matrix()
    return render_template(
        "harvest/networks.html",
        seen=[row for row in rows if row.automatic],
        unseen=[row for row in rows if not row.automatic],
        words=networks,
    )
