"""Conversations in English."""

from ascolto.demo.threads.script import Script, agent, customer, note

ENGLISH: tuple[Script, ...] = (
    Script(
        topic="two shades in the box",
        language="en",
        openings=(
            "There are two shades in the box, I ordered one. Order {order}.",
            "By mistake you sent {product} twice. What should I do with the second one?",
        ),
        lines=(
            agent(
                12,
                "Hello {name}, thank you for telling us. Please keep it closed: we collect it on a day that suits you, at our cost.",
            ),
            customer(25, "Any morning next week works."),
            agent(6, "Tuesday between 9 and 12 then. You need not print anything."),
        ),
        csat=(5, 4, 5),
        effort=(2, 1, 3),
        why=("No printer needed, finally", "Quick"),
        tags=("delivery",),
        share=2,
    ),
    Script(
        topic="delivery to Ireland",
        language="en",
        openings=(
            "Do you deliver {product} to Ireland, and how long does it take?",
            "Can I have order {order} sent to Dublin instead?",
        ),
        lines=(
            agent(8, "Hello {name}, yes: 5 working days, 14 euros. Ordered by 12:00 it leaves the same day."),
            customer(5, "Lovely, thanks."),
        ),
        csat=(5, 5, 4),
        effort=(1, 1, 2),
        tags=("delivery",),
        share=3,
    ),
    Script(
        topic="lamp flickers",
        language="en",
        openings=(
            "I have {product} and it flickers whenever the fridge starts. Is it faulty?",
            "The lamp goes off by itself after ten minutes. I already changed the bulb.",
        ),
        lines=(
            agent(
                11,
                "Hello {name}, you did the right first step. Unplug it for now: the 2024 socket has a slow contact and we replace it free of charge.",
            ),
            customer(16, "Do I need the receipt?"),
            agent(3, "No, I found your order. The part leaves tomorrow, with a drawing of how to fit it."),
            customer(2900, "Fitted, works. Thank you."),
        ),
        csat=(5, 5, 4, 4),
        effort=(1, 2, 2, 3),
        why=("They had already found my order", "Free part, no fuss"),
        tags=("fault",),
        share=3,
    ),
    Script(
        topic="refund late",
        language="en",
        openings=(
            "My refund for {order} was promised for last week and has not arrived.",
            "Third message about the same refund of {amount} euros. Is anyone reading this?",
        ),
        lines=(
            agent(160, "Hello {name}, I am reading it and I am sorry you had to write again. I am asking accounts right now."),
            note(20, "Same batch as the Italian ones: never left the bank."),
            agent(
                1400, "It was sent this morning, the receipt is attached to your order. It reaches you within two working days."
            ),
            customer(60, "I would have liked to hear that a week ago."),
        ),
        csat=(1, 2, 2, 3),
        effort=(5, 5, 4),
        why=("Nobody told me anything", "Had to ask three times"),
        tags=("refund",),
        share=2,
    ),
    Script(
        topic="cannot sign in to the lights app",
        language="en",
        openings=(
            "The lights app says my password is wrong, it is not.",
            "After the update I cannot sign in to the app any more.",
        ),
        lines=(
            agent(
                7,
                "Hello {name}, the update signs everyone out once. Use “Forgot password” with the address of your order: the link comes within a minute.",
            ),
            customer(6, "It worked, but you could have said so in the mail."),
            agent(4, "You are right, and I have passed it on: the mail now says it."),
        ),
        csat=(4, 3, 4, 5),
        effort=(2, 3, 4),
        why=("Fine once someone explained", "The mail should have told us"),
        tags=("app", "update"),
        share=3,
    ),
    Script(
        topic="thank you",
        language="en",
        openings=(
            "No question, only thanks: the replacement arrived before I had even packed the old one.",
            "Just to say that {product} is beautiful and your packing is plastic-free. Well done.",
        ),
        lines=(agent(20, "Hello {name}, that made our morning. Thank you for taking the time."),),
        csat=(5, 5),
        effort=(1, 1),
        why=("You are simply kind people",),
        tags=("praise",),
        share=1,
    ),
)
