"""What programs elsewhere can be told of: topic → what happened, and the ids in `data`."""

TOPICS = {
    "step.done": "A student's step of a course became done. `course_id`, `person_id`, `step_key`",
    "step.undone": "A step is not done any more: a reviewer's decision was taken back, or what it was done by, where the "
    "step does not keep its credit. `course_id`, `person_id`, `step_key`",
    "course.opened": "A course opened. `course_id`",
    "course.closed": "A course closed. `course_id`",
}
TEST = "webhook.test"  # only by the test button, whatever topics a webhook has

_ROWS = "\n".join(f"| `{name}` | {text} |" for name, text in {**TOPICS, TEST: "Somebody tests a webhook."}.items())
DESCRIPTION = f"""Programs elsewhere that are told when something happens here, as Standard Webhooks
(https://www.standardwebhooks.com) has it: a POST of `{{"type", "timestamp", "data"}}`, under 20 kB, with ids only, and the
headers `webhook-id`, `webhook-timestamp` and `webhook-signature`. Answer 2xx within 15 seconds. Everything else is tried
again, twelve times in about a day and a half, always with the same `webhook-id`: whoever has seen it before ignores it.
`Retry-After` is honoured, redirects are not followed, and 410 disables the webhook.

| topic | what happened, and what is in `data` |
|---|---|
{_ROWS}
"""
