"""What the papers and the record of a generated patient say of the same thing is the same."""

import base64

MARIA = "LCA-100001"


def test_fills_fit_their_medicine(generated):
    said = {
        order["medicationCodeableConcept"]["text"]: order["dispenseRequest"]["quantity"]
        for order in generated.of_patient(MARIA, "MedicationRequest")
        if "dispenseRequest" in order
    }
    units = {name: quantity["unit"] for name, quantity in said.items()}
    for name, unit in units.items():
        assert unit in name, name
    fills = generated.of_patient(MARIA, "MedicationDispense")
    assert {fill["type"]["coding"][0]["code"] for fill in fills} == {"RFC"}


def test_echocardiograms_are_heart_tests(generated):
    echoes = [
        report
        for report in generated.resources("DiagnosticReport")
        if report["code"].get("text") == "Echocardiogram"
    ]
    assert echoes
    assert {report["code"]["coding"][0]["code"] for report in echoes} == {"42148-7"}


def test_those_next_door_have_their_own_address(generated):
    lines = {
        place["name"]: place["address"][0]["line"][0]
        for place in generated.resources("Organization")
        if "address" in place
    }
    assert lines["Northshore Imaging Center"] == "1400 Lakeshore Drive"
    assert len(set(lines.values())) == 3


def test_no_text_of_a_note_begins_with_a_space(generated):
    for place in generated.resources("DocumentReference"):
        attachment = place["content"][0]["attachment"]
        if attachment["contentType"].startswith("text/plain"):
            text = base64.b64decode(attachment["data"]).decode()
            assert not [line for line in text.splitlines() if line.startswith(" ")]
