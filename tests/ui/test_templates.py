"""What the templates must never hold, and that each component and error page draws."""

import dataclasses
import re
from pathlib import Path

import pytest
from django import forms
from django.contrib.messages.storage.base import Message
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory

import carespace
from carespace.ui import views
from carespace.ui.forms import BirthDateField, EmailField, PasswordField, UiRenderer
from carespace.ui.gallery import sample_shell
from carespace.ui.shell import Shell

PACKAGE = Path(carespace.__file__).parent
TEMPLATES = sorted(PACKAGE.glob("**/templates/**/*.html"))
COMPONENTS = sorted((PACKAGE / "ui/templates/ui/components").glob("*.html"))
INLINE = re.compile(
    r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|<script(?![^>]*\ssrc=)|javascript:", re.IGNORECASE
)
ERROR_PAGES = {
    "400": "We cannot read that request",
    "404": "We cannot find that page",
    "403": "We cannot find that page",
    "403_csrf": "Please try that again",
    "429": "Please wait a little",
    "500": "Your record is safe",
    "503": "Your record is safe",
}
SIGN_OUT = 'method="post" action="#main"'


def draw(source: str, **context: object) -> str:
    return engines["django"].from_string("{% load ui %}" + source).render(context)


# Mail has no style sheet to link to; tests/guard/test_markup.py makes the same exception.
PAGES = [path for path in TEMPLATES if "mail" not in path.parts]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_template_holds_inline_style_or_script(page):
    assert INLINE.findall(page.read_text()) == []


@pytest.mark.parametrize(
    "planted", ['<p style="x">', "<style>", '<a onclick="x">', "<script>x", "<a href='javascript:"]
)
def test_the_search_for_inline_code_finds_a_planted_one(planted):
    assert INLINE.search(planted)


def test_a_script_of_our_own_is_no_inline_script():
    assert not INLINE.search('<script src="/static/ui/carespace.js" defer></script>')


@pytest.fixture
def gallery_html() -> str:
    return views.gallery(RequestFactory().get("/ui-gallery/")).content.decode()


def test_the_gallery_has_one_h1_and_no_name_in_its_title(gallery_html):
    assert gallery_html.count("<h1") == 1
    assert "<title>Components · CareSpace</title>" in gallery_html


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda path: path.stem)
def test_every_component_draws(component):
    class Sample(forms.Form):
        email = EmailField()

    form = Sample({})
    assert not form.is_valid()
    words = dict.fromkeys(("title", "text", "label", "url", "author", "when", "about"), "Words")
    lists = {
        "lines": [{"term": "Name", "value": "Words"}],
        "problems": [{"text": "Words", "target": "box"}],
        "banners": [{"text": "Words", "kind": "success"}],
        "fields": [(form["email"], "")],
    }
    extra = {"kind": "line", "older_url": "#", "field": form["email"]}
    extra |= {"languages": [("es", "Words")]}
    extra |= {name: {"id": name, "title": "Words"} for name in ("chart", "line")}
    html = render_to_string(f"ui/components/{component.name}", {**words, **lists, **extra})
    assert "<svg" in html if component.stem == "mark" else re.search("Words|Email|email", html)


@pytest.mark.parametrize(("name", "words"), ERROR_PAGES.items())
def test_an_error_page_stands_alone(name, words):
    html = render_to_string(f"{name}.html")
    assert words in html
    assert html.count("<h1") == 1
    assert "Call 911" in html


def test_forbidden_and_missing_look_the_same():
    assert render_to_string("403.html") == render_to_string("404.html")


def test_a_signed_out_page_has_no_tabs_no_menu_and_no_person():
    shell = dataclasses.replace(sample_shell(), tabs=(), menu=None, person=None)
    html = render_to_string("ui/layout.html", {"shell": shell})
    assert "<nav" not in html
    assert "Sign out" not in html
    assert "You are viewing" not in html
    assert "(555) 010-0142" in html


def test_a_page_without_any_shell_still_draws():
    html = render_to_string("ui/layout.html", {"shell": Shell()})
    assert "Skip to main content" in html


def test_a_person_who_sees_only_their_own_record_has_no_bar_but_a_printed_name():
    shell = sample_shell()
    assert shell.person
    own = dataclasses.replace(shell.person, on_screen=False)
    html = render_to_string("ui/layout.html", {"shell": dataclasses.replace(shell, person=own)})
    assert "You are viewing" not in html
    assert re.search(r'class="print-head"><p><b>Maria Reyes</b>, born April 27, 1961', html)


def test_sign_out_is_a_post_with_a_token():
    request = RequestFactory().get("/")
    html = " ".join(render_to_string("ui/layout.html", {"shell": sample_shell()}, request).split())
    form = html[html.index(SIGN_OUT) :].split("</form>")[0]
    assert "csrfmiddlewaretoken" in form


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chosen_look_is_written_by_the_server(theme):
    shell = dataclasses.replace(sample_shell(), theme=theme)
    assert f'<html lang="en" data-theme="{theme}">' in render_to_string(
        "ui/layout.html", {"shell": shell}
    )


def test_the_look_of_the_system_needs_no_mark():
    assert '<html lang="en">' in render_to_string("ui/layout.html", {"shell": sample_shell()})


def test_what_an_action_said_is_shown_once_and_escaped(monkeypatch):
    said = [Message(25, "Saved <b>now</b>")]
    monkeypatch.setattr("carespace.ui.templatetags.ui.get_messages", lambda request: said)
    html = draw("{% ui_banners %}", request=RequestFactory().get("/"))
    assert html.count('role="status"') == 1
    assert "Saved &lt;b&gt;now&lt;/b&gt;" in html


class Sample(forms.Form):
    default_renderer = UiRenderer
    email = EmailField(help_text="Where we reach you")
    birth_date = BirthDateField()
    password = PasswordField(new=True)
    choice = forms.ChoiceField(choices=[("a", "One")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="I agree")
    note = forms.CharField(required=False)


def test_a_field_ties_its_hint_and_its_error_to_its_box():
    html = draw("{% ui_field form.email %}", form=Sample({"email": "nobody"}))
    assert 'aria-describedby="id_email_helptext id_email_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_email_helptext"' in html
    assert 'id="id_email_error"' in html
    assert "It looks like this: name@example.com" in html


def test_a_hint_given_by_the_page_replaces_the_forms_own():
    html = draw('{% ui_field form.email hint="Only for news" %}', form=Sample())
    assert "Only for news" in html
    assert "Where we reach you" not in html


def test_what_may_stay_empty_is_said_in_words():
    assert "(optional)" in draw("{% ui_field form.note %}", form=Sample())
    assert "(optional)" not in draw("{% ui_field form.email %}", form=Sample())


def test_a_date_is_a_fieldset_with_three_named_boxes():
    html = draw("{% ui_field form.birth_date %}", form=Sample())
    assert re.findall(r"<label for=\"(\w+)\">(\w+)</label>", html) == [
        ("id_birth_date_0", "Month"),
        ("id_birth_date_1", "Day"),
        ("id_birth_date_2", "Year"),
    ]
    assert "<legend>Date of birth" in html
    assert html.count('inputmode="numeric"') == 3
    assert re.findall(r'autocomplete="([\w-]+)"', html) == ["bday-month", "bday-day", "bday-year"]


def test_a_new_password_lists_its_rules_and_ties_them_to_the_box():
    html = draw("{% ui_field form.password %}", form=Sample())
    assert html.count("data-pattern=") == 5
    assert 'aria-describedby="id_password_rules"' in html
    assert 'autocomplete="new-password"' in html
    assert re.search(r"<button[^>]*\shidden\s", html)


def test_the_error_summary_links_each_error_to_a_box_that_is_there():
    form = Sample({})
    html = draw("{% ui_error_summary form %}{{ form }}", form=form)
    targets = re.findall(r'<a href="#(\w+)"', html)
    assert len(targets) == len(form.errors) == 5
    assert [target for target in targets if f'id="{target}"' not in html] == []


def test_a_form_without_errors_has_no_summary():
    assert draw("{% ui_error_summary form %}", form=Sample()).strip() == ""


def test_a_whole_form_is_drawn_with_our_fields():
    assert str(Sample()).count('class="field"') == 6
