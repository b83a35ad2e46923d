"""Questions and answers of the Help page, as each of the three practices words them (S-73, S-04).

Promises: each question stands in English and in Spanish; an answer may hold ``{phone}``, which becomes the practice's
own number. The wording follows the instructions that the practices give their patients. Nothing here says that
CareSpace is approved by anybody: what is tested stands on the page "Security and standards" (S-09).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its answer; without Spanish, the English is shown in both languages."""

    question: str
    answer: str
    question_es: str = ""
    answer_es: str = ""


NO_LINK = Question(
    "I never got my invitation. What can I do?",
    "Look in your spam folder first. If it is not there, call us at {phone}.",
    "No recibí mi invitación. ¿Qué puedo hacer?",
    "Primero, busque en su carpeta de correo no deseado. Si no está ahí, llámenos al {phone}.",
)
LINK_ENDED = Question(
    "My registration link has expired. How do I set up my sign-in?",
    "Links end after a few days to keep your information safe. The mail says until when yours works."
    " Call us at {phone} and ask for a new link.",
    "Mi enlace de registro venció. ¿Cómo creo mi acceso?",
    "Los enlaces vencen después de unos días para proteger su información. El correo dice hasta cuándo funciona el suyo."
    " Llámenos al {phone} y pida un enlace nuevo.",
)
WHO_SEES = Question(
    "Who can see my record?",
    "You, the people you invite, and our staff who care for you. People you invite see all that you see."
    " The page “Who has looked at this record” lists each visit.",
    "¿Quién puede ver mi expediente?",
    "Usted, las personas que usted invite y nuestro personal que le atiende. Las personas invitadas ven todo lo que"
    " usted ve. La página “Quién ha visto este expediente” muestra quién lo abrió y cuándo.",
)
FROM_WHERE = Question(
    "Where does the information in CareSpace come from?",
    "It comes from your medical record at our practice.",
    "¿De dónde viene la información de CareSpace?",
    "Viene de su expediente médico en nuestro consultorio.",
)
PRIVATE = Question(
    "Is my information private and secure?",
    "We do a lot to keep it so. The page “Security and standards” tells what we do, what we tested, and what nobody"
    " has checked yet.",
    "¿Mi información es privada y segura?",
    "Hacemos mucho para que lo sea. La página “Seguridad y normas” dice qué hacemos, qué probamos y qué nadie ha"
    " revisado todavía.",
)
PASSWORD_RULES = Question(
    "What are the password rules?",
    "Use at least 8 characters, with an uppercase letter, a lowercase letter, a number and a special character.",
    "¿Cuáles son las reglas de la contraseña?",
    "Use al menos 8 caracteres, con una letra mayúscula, una letra minúscula, un número y un carácter especial.",
)
ON_PHONE = Question(
    "Can I use CareSpace on my phone?",
    "Yes. There is no app for CareSpace. Use Safari (iOS) or Chrome (Android) to sign in with your mobile browser.",
    "¿Puedo usar CareSpace en mi teléfono?",
    "Sí. No hay una aplicación de CareSpace. Use Safari (iOS) o Chrome (Android) para iniciar sesión con el navegador de"
    " su teléfono.",
)
ANY_DEVICE = Question(
    "Can I use CareSpace on my phone?",
    "Yes. CareSpace works on your computer, tablet or phone, at any time. There is no app to install.",
    "¿Puedo usar CareSpace en mi teléfono?",
    "Sí. CareSpace funciona en su computadora, tableta o teléfono, a cualquier hora. No hay que instalar nada.",
)
SHARE = Question(
    "How do I let family or a caregiver see my record?",
    "Press your name, then “Manage Users”. Type their email address and birth date. They get an invitation to register.",
    "¿Cómo dejo que mi familia o un cuidador vea mi expediente?",
    "Presione su nombre y luego “Administrar usuarios”. Escriba la dirección de correo electrónico y la fecha de"
    " nacimiento de esa persona. Ella recibe una invitación para registrarse.",
)
REVOKE = Question(
    "How do I take access away from a caregiver?",
    "Press your name, then “Manage Users”. Press “Revoke access” next to their email. This is permanent: to let them"
    " back in, invite them again.",
    "¿Cómo le quito el acceso a un cuidador?",
    "Presione su nombre y luego “Administrar usuarios”. Presione “Quitar acceso” junto a la dirección de esa persona."
    " Esto es permanente: para que vuelva a entrar, invítela otra vez.",
)
CHANGE_PASSWORD = Question(
    "How do I change my password?",
    "Press your name, then “Settings”, then “Change email address or password”.",
    "¿Cómo cambio mi contraseña?",
    "Presione su nombre, luego “Configuración” y luego “Cambiar dirección de correo electrónico o contraseña”.",
)
NOT_FORWARD = Question(
    "Can I forward the registration email?",
    "No. The link works only for the address we sent it to. To use another address, call us at {phone}.",
    "¿Puedo reenviar el correo de registro?",
    "No. El enlace funciona solo para la dirección a la que lo enviamos. Para usar otra dirección, llámenos al {phone}.",
)
SIX_DOCUMENTS = Question(
    "I do not see all my documents. Where are the others?",
    "The Health page shows the newest ones. Press “View All Documents” to see the rest.",
    "No veo todos mis documentos. ¿Dónde están los demás?",
    "La página Salud muestra los más recientes. Presione “Ver todos los documentos” para ver los demás.",
)
OLDER_RESULTS = Question(
    "Where are my older lab results?",
    "The Labs table shows the latest result of each test. Open the earlier results of a test to see its history.",
    "¿Dónde están mis resultados de análisis anteriores?",
    "La tabla de Análisis muestra el resultado más reciente de cada análisis. Abra los resultados anteriores de un"
    " análisis para ver su historial.",
)


def forgotten(link: str, link_es: str) -> Question:
    """Return the question about a forgotten password; ``link`` is what the practice calls that page."""
    return Question(
        "What if I forget my password?",
        f"You can reset it yourself. Press “{link}” on the sign-in page, and we send a link to your email.",
        "¿Y si olvido mi contraseña?",
        f"Usted puede crear una nueva. Presione “{link_es}” en la página para iniciar sesión y le enviamos un enlace por"
        " correo electrónico.",
    )


ECHO = (
    FROM_WHERE,
    WHO_SEES,
    PRIVATE,
    LINK_ENDED,
    NO_LINK,
    forgotten("I forgot my password", "Olvidé mi contraseña"),
    ANY_DEVICE,
    SHARE,
)
HIGHLANDS = (
    NO_LINK,
    LINK_ENDED,
    NOT_FORWARD,
    PASSWORD_RULES,
    forgotten("Forgot Password", "Olvidé mi contraseña"),
    ON_PHONE,
    WHO_SEES,
    SHARE,
    REVOKE,
    CHANGE_PASSWORD,
    PRIVATE,
)
CLASSIC = (
    LINK_ENDED,
    NO_LINK,
    PASSWORD_RULES,
    forgotten("Forgot password", "Olvidé mi contraseña"),
    OLDER_RESULTS,
    SIX_DOCUMENTS,
    SHARE,
    REVOKE,
    WHO_SEES,
    ANY_DEVICE,
    PRIVATE,
)
USUAL = (NO_LINK, LINK_ENDED, forgotten("Forgot password", "Olvidé mi contraseña"), WHO_SEES)
