"""What the people of the story say. Texts of ours, short, as students and teachers write them."""

PEOPLE: dict[str, tuple[str, str]] = {
    "ada": ("Ada Okafor", "I teach SUB101, Learning in networks. Mostly here on weekdays."),
    "grace": ("Grace Whitfield", "Open education, accessibility, slow reading. Happy to answer course questions."),
    "ines_library": ("Inés Duarte, library", "Subject librarian. Ask me about sources, catalogues and citing."),
}
FIELDS: dict[str, tuple[tuple[str, str], ...]] = {
    "ada": (("Course", "SUB101"), ("Pronouns", "she/her")),
    "ines_library": (("Desk", "Monday to Thursday, 10 to 16"),),
}
GROUP_NOTE = (
    "A group for everybody who takes or took SUB101. Follow to join; mention the group and it passes your post on."
)

_GIVEN_NAMES = ("aino", "bram", "chiara", "dawit", "elif", "farah", "goran", "hana", "isaac", "jonas", "karin", "luz")
_FAMILY_NAMES = ("berg", "costa", "diallo", "evans")
FORMER_STUDENTS = tuple(f"{given}_{family}" for family in _FAMILY_NAMES for given in _GIVEN_NAMES)

_READINGS = (
    "how people decide whom to trust in a thread",
    "note taking by hand and by keyboard",
    "what makes a first comment likely",
    "weak ties and finding help",
    "reading lists that students keep themselves",
)


def reading_notes() -> list[str]:
    """Two dozen notes that the lecturer wrote before the term."""
    return [f"Reading notes, part {part}: {_READINGS[part % len(_READINGS)]}." for part in range(1, 25)]


def rowing_log() -> list[str]:
    """Posts about something else, so that a course's first post is not on the first page of an account."""
    return [f"Rowing log: {4 + number % 5} km before breakfast, wind from the west." for number in range(26)]


WELCOME = (
    "Welcome to #SUB101. Say hello, follow a few people from the starter list, and tell us what you would like to "
    "learn from others this term."
)
MAYA_FIRST = (
    "Hello #SUB101! I would like to find out how local history groups share old maps. "
    "I have started a list of five of them and will write about one each week."
)
GRACE_REPLY = "@maya Our city archive has an open map collection. I can introduce you to the person who runs it."
MAYA_REPLY = "@kwame I had the same problem. Sorting by date instead of by relevance helped me. #SUB101"
MAYA_TO_GROUP = (
    "@sub101_circle My first map group: they meet on Thursdays and scan two sheets a week. "
    "What I learned from asking them is in the thread. #SUB101 #maps"
)
PRIYA_FIRST = (
    "Week one notes for #sub101: I compared how two newspapers link to their sources. "
    "One links to the study itself, the other only to a press release."
)
PRIYA_UNTAGGED = "Does anybody know a quiet room with sockets in the main building?"
ADA_REPLY = "@priya_n Good comparison. Did either of them say when the study was made?"
KWAME_FIRST = (
    "My notes on searching a forum before asking in it: three of my four questions had answers already, "
    "the fourth one got a reply within an hour. #SUB101 #SearchFirst"
)
KWAME_SECOND = "@maya Which of the five groups answers questions from outside? I would like to ask one for a class."
LIBRARY_HOURS = "Drop-in hour on citing web pages and posts: Wednesday at 14, room 2.12 or online. #SUB101"

TOMAS_ABOUT = "I am Tomás. I write here about what I read and cook."
TOMAS_UNTAGGED = (
    "Lentils, again",
    "<p>The recipe from last winter, with less cumin. It keeps for three days.</p>",
    ("Kitchen",),
)
TOMAS_FIRST = (
    "Following a question through three forums",
    "<p>For the first task I followed one question about bicycle brakes through three forums. "
    "In each of them somebody asked for a picture before answering.</p>"
    "<p>The best answer came from a person who said what they did <em>not</em> know.</p>",
    ("SUB101", "Learning"),
)
TOMAS_SECOND = (
    "What a good reply looks like",
    "<p>I collected ten replies that helped me &amp; sorted them by what they have in common. "
    "Seven begin with a question.</p><ul><li>They name the version.</li><li>They link to a source.</li></ul>",
    ("SUB101",),
)
