"""The terms of service that ship with CareSpace, and their version.

Promises: a changed text gets a new version (a guard compares the text's digest with the version it knows).
"""

CURRENT_VERSION = "2026-11"

TERMS: tuple[tuple[str, str], ...] = (
    (
        "What this is",
        (
            "This portal shows you your health record. "
            "It does not take the place of a visit or a call."
        ),
    ),
    (
        "Emergencies",
        "Do not use the portal for an emergency. Call 911. For anything urgent, call our office.",
    ),
    (
        "Your sign-in",
        (
            "Your sign-in is yours alone. Keep your password to yourself. If someone helps you, "
            "call our office and ask about a sign-in of their own. You can end it at any time."
        ),
    ),
    (
        "Who can see your record",
        (
            "You, the people you choose, and our staff who care for you. "
            "We note each time someone opens your record."
        ),
    ),
    (
        "Results",
        "Results show as soon as we get them. You may see one before your care team has read it.",
    ),
    (
        "Ending it",
        "You can stop using the portal at any time. Call our office and we will close your access.",
    ),
)
