"""Starter lists, as they come and go over the API and in forms."""

from marshmallow import fields, validate

from plnapi.courses.schemas import line
from plnapi.resources.items import KINDS, LONGEST, MOST_ITEMS
from plnapi.web.api import FieldErrorOut, In, Out


class ItemIn(In):
    """An item. `network` follows from kind and address; `item_key` is given back for an item that stands already."""

    item_key = fields.UUID(load_default=None, allow_none=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    title = line(LONGEST["title"], required=True)
    address = fields.String(
        required=True,
        validate=validate.Length(1, LONGEST["address"]),
        metadata={"description": "A web address; for a person or a space also a handle such as @ada@example.social"},
    )
    why = fields.String(load_default="", validate=validate.Length(max=LONGEST["why"]))
    language = fields.String(load_default="", metadata={"description": "A language tag (BCP 47), or empty"})
    site_url = fields.String(load_default="", validate=validate.Length(max=LONGEST["site_url"]))
    group_path = fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST["group_path"]),
        metadata={"description": "Folders, outermost first, divided by `/`; `/` in a name is `~1`, `~` is `~0`"},
    )


class ListIn(In):
    """A whole list; its items are in the order given."""

    title = line(200, required=True)
    items = fields.List(fields.Nested(ItemIn), load_default=list, validate=validate.Length(max=MOST_ITEMS))


class ListTitleIn(In):
    """A list to be made by a form."""

    title = line(200, required=True)


class ItemOut(Out):
    """An item of a list."""

    item_key = fields.UUID(required=True, metadata={"description": "The same in every version of the list"})
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    title = fields.String(required=True)
    address = fields.String(required=True)
    network = fields.String(required=True, metadata={"description": "Key of the network, empty for none"})
    why = fields.String(required=True)
    language = fields.String(required=True)
    site_url = fields.String(required=True)
    group_path = fields.String(required=True)


class ListOut(Out):
    """A list, without its items."""

    id = fields.UUID(required=True)
    title = fields.String(required=True)
    version = fields.Integer(required=True, metadata={"description": "The number of its newest version"})
    created_at = fields.AwareDateTime(format="iso", required=True)


class WholeListOut(ListOut):
    """A list with the items of its newest version."""

    items = fields.List(fields.Nested(ItemOut), required=True)


class VersionOut(Out):
    """One version of a list, without its items."""

    number = fields.Integer(required=True)
    created_at = fields.AwareDateTime(format="iso", required=True)
    created_by = fields.UUID(required=True, allow_none=True, metadata={"description": "The person, if still here"})


class WholeVersionOut(VersionOut):
    """One version of a list."""

    items = fields.List(fields.Nested(ItemOut), required=True)


class ImportQueryIn(In):
    """How to import."""

    dry_run = fields.Boolean(load_default=False, metadata={"description": "Report only; nothing is changed"})


class NewItemOut(Out):
    """An item as it would be, or is, stored."""

    kind = fields.String(required=True)
    title = fields.String(required=True)
    address = fields.String(required=True)
    network = fields.String(required=True)
    why = fields.String(required=True)
    language = fields.String(required=True)
    site_url = fields.String(required=True)
    group_path = fields.String(required=True)


class ImportReportOut(Out):
    """What an import did or, dry, would do."""

    dry_run = fields.Boolean(required=True)
    list_id = fields.UUID(required=True, allow_none=True)
    title = fields.String(required=True)
    items = fields.List(fields.Nested(NewItemOut), required=True)
    added = fields.Integer(required=True)
    kept = fields.Integer(required=True)
    removed = fields.Integer(required=True)
    errors = fields.List(fields.Nested(FieldErrorOut), required=True)
