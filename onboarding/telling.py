"""What the outside hears of steps: that one is done, that it is not done any more, by turns."""

from collections.abc import Sequence
from uuid import UUID

from plnapi.outbox import service as outbox

Key = tuple[UUID, UUID, UUID]  # course, person, step
NAMES = ("course_id", "person_id", "step_key")
DONE, UNDONE = "step.done", "step.undone"


def tell(topic: str, keys: Sequence[Key]) -> None:
    """Put `topic` (DONE or UNDONE) for each of these steps, unless it is what was told of the step last.

    So a step that was removed and is put back is not told of again. One statement where each is told of the first time,
    as for most; two more for each that is not.
    """
    payloads = {":".join(map(str, key)): dict(zip(NAMES, map(str, key), strict=True)) for key in keys}
    for place in payloads.keys() - outbox.put_all(topic, payloads):
        last = outbox.last((DONE, UNDONE), place)
        if last is not None and last.topic != topic:
            outbox.put(topic, f"{place}:{last.id}", payloads[place])
