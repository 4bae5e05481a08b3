"""A document's language is told from its words, and not told rather than told wrongly."""

from __future__ import annotations

import pytest

from ingest.text.languages import language_of


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Price follows value, and we raise it each spring."),
        ("de", "Die blaue Lampe kostet vierzig Euro und wird nicht mehr verkauft."),
        ("fr", "Le prix est élevé et les clients ne sont pas contents."),
        ("es", "El precio de la lámpara es de cuarenta euros."),
        ("it", "I nostri clienti non sono contenti del servizio."),
        ("pt", "Os nossos clientes não estão contentes com o serviço."),
        ("nl", "De blauwe lamp kost veertig euro en wordt niet meer verkocht."),
        ("da", "Den blå lampe koster fyrre kroner og bliver ikke solgt mere."),
        ("sv", "Den blå lampan kostar fyrtio kronor och säljs inte längre."),
        ("no", "Den blå lampen koster førti kroner og blir ikke solgt lenger nå."),
        ("fi", "Hinta on liian korkea, ja asiakkaat eivät osta sitä enää, koska se ei ole hyvä."),
        ("pl", "Cena jest za wysoka dla naszych klientów i nie chcą oni kupować."),
        ("cs", "Cena je příliš vysoká a zákazníci to nechtějí, protože není pro ně."),
        ("hu", "Az ár túl magas, és az ügyfelek nem akarják megvenni, mert ez nem jó."),
        ("ro", "Prețul este prea mare pentru clienți și nu mai sunt mulțumiți de serviciu."),
        ("tr", "Fiyat müşterilerimiz için çok yüksek ve bu bir sorun olarak kabul edildi."),
        ("ru", "Цена слишком высокая для наших клиентов."),
        ("uk", "Ціна занадто висока для наших клієнтів і її треба знизити."),
        ("bg", "Цената е твърде висока за нашите клиенти, защото търсят по-добра."),
        ("el", "Η τιμή είναι πολύ υψηλή."),
        ("ja", "価格が高すぎるので、下げる必要があります。"),
        ("zh", "价格太高了，客户不愿意购买。"),
        ("ko", "가격이 너무 높아서 고객이 사지 않습니다."),
        ("ar", "السعر مرتفع جدا بالنسبة لعملائنا."),
        ("fa", "قیمت برای مشتریان ما خیلی بالا است و پایین می‌آید."),
        ("he", "המחיר גבוה מדי."),
        ("hi", "कीमत बहुत अधिक है।"),
        ("th", "ราคาสูงเกินไป"),
    ],
)
def test_a_sentence_tells_its_language(language: str, text: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    "text", ["", "Ja, gern.", "Die Hard", "Q4 2024", "Prix", "Revenue | 2023 | 40%", "12,5 - 13,0"]
)
def test_what_does_not_tell_has_none(text: str) -> None:
    assert language_of(text) is None


def test_a_foreign_name_or_quotation_does_not_change_it() -> None:
    assert language_of("The magazine Der Spiegel wrote that 価格 is not what we think it is, and so it was.") == "en"


@pytest.mark.parametrize(("phrases", "language"), [(2, None), (4, "en")])
def test_a_catalogue_of_names_is_in_the_language_of_the_sentences_in_it(phrases: int, language: str | None) -> None:
    """A brand may borrow small words of any language; prose among the names has more of them."""
    names = "Lumena Kadoro Velaris Tronix Belmora Castrel Domiva Fenwyk Garosa Helmix " * 14

    assert language_of(f"{names} {'by the lamp ' * phrases}") == language
