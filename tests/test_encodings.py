"""Old encodings of Windows are told from each other by the language of the text."""

from __future__ import annotations

import pytest

from ingest.reading.decoding import decode

TEXTS = [
    ("cp1250", "Zarząd zatwierdził budżet targów. Każda zniżka powyżej dziesięciu procent wymaga zgody."),
    ("cp1250", "Rozpočet schválilo vedení. Sleva nad deset procent se musí předem schválit."),
    ("cp1250", "Rozpočet schválilo vedenie. Zľavu nad desať percent musí schváliť riaditeľ."),
    ("cp1250", "A költségvetést a vezetőség jóváhagyta, és a tíz százaléknál többhöz levél kell."),
    ("cp1250", "Bugetul a fost aprobat de conducere, iar o reducere peste zece se aprobă şi în ţară."),
    ("cp1250", "Uprava je odobrila proračun. Svaki popust veći od deset mora odobriti voditelj."),
    ("cp1257", "Biudžetą patvirtino vadovybė. Nuolaidai, didesnei nei dešimt procentų, reikia direktoriaus parašo."),
    ("cp1257", "Rēķini jāapmaksā trīsdesmit dienu laikā. Budžetu apstiprināja vadība, bet atlaidēm vajag parakstu."),
    ("cp1254", "Bütçeyi yönetim onayladı. Yüzde onun üzerindeki her indirim için müdürün onayı gerekir, değil mi?"),
    ("cp1252", "Die Geschäftsführung hat das Budget genehmigt. Über zehn Prozent Nachlass müssen wir groß begründen."),
    ("cp1252", "Le budget a été approuvé. Une remise de plus de dix pour cent doit être validée à l’avance."),
    ("cp1252", "El presupuesto se aprobó ayer. Más de diez por ciento de descuento exige la firma del señor Núñez."),
    ("cp1252", "O orçamento foi aprovado. Descontos acima de dez por cento não são permitidos sem aprovação prévia."),
    ("cp1252", "Il budget è stato approvato, ma più del dieci per cento di sconto non è possibile: così è."),
    ("cp1252", "Budgeten blev godkendt. Rabatter på over ti procent kræver underskrift, også for gamle."),
    ("cp1252", "Budgeten är godkänd. Rabatter på över tio procent måste godkännas, även när kunden är gammal."),
    ("cp1252", "Hinta on hyväksytty. Yli kymmenen prosentin alennus täytyy hyväksyä etukäteen, myös vanhoille."),
    ("cp1252", "Fjárhagsáætlunin var samþykkt. Það þarf leyfi fyrir meiri afslætti, það er reglan."),
    ("cp1252", "Müller, Núñez, Ångström, Lefèvre and Sørensen met in São Paulo – and agreed on “one price”."),
    ("cp1252", "It’s a café price: 5 € – no more…"),
    ("cp1251", "Бюджет утвердило руководство. Скидка больше десяти процентов требует согласия директора и бухгалтера."),
    ("cp1251", "Бюджет затвердило керівництво. Знижка понад десять відсотків потребує згоди директора та бухгалтера."),
    ("cp1251", "The word is рынок и товар, and we use it for the market in all of our letters to the north."),
    ("koi8-r", "Бюджет утвердило руководство. Скидка больше десяти процентов требует согласия директора и бухгалтера."),
]  # fmt: skip


EAST_ASIAN = [
    ("cp932", "予算は経営会議が承認しました。十パーセントを超える値引きには部長の署名が必要です。"),
    ("euc_jp", "予算は経営会議が承認しました。十パーセントを超える値引きには部長の署名が必要です。"),
    ("cp949", "예산은 경영진이 승인했습니다. 십 퍼센트를 넘는 할인에는 부장의 서명이 필요합니다."),
    ("gbk", "预算已由管理层批准。超过百分之十的折扣需要经理签字，老客户也一样。"),
    ("big5", "預算已由管理層批准。超過百分之十的折扣需要經理簽字，老客戶也一樣。"),
]


@pytest.mark.parametrize(("encoding", "text"), [*TEXTS, *EAST_ASIAN])
def test_a_text_is_read_in_its_own_encoding(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(("encoding", "text"), [one for one in TEXTS if len(one[1]) > 60 and one[0] != "koi8-r"])
def test_a_text_of_two_lines_or_of_many_is_read_alike(encoding: str, text: str) -> None:
    for whole in (text[:60].rpartition(" ")[0] + ".", f"{text}\n" * 40):
        assert decode(whole.encode(encoding)) == whole
