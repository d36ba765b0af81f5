from datetime import date
from pathlib import Path

import pytest

from reviewpipe import config
from reviewpipe.errors import ConfigError

ROOT = Path(__file__).parent.parent


def written(folder, text):
    (folder / "reviewpipe.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_missing_file_means_the_defaults(tmp_path):
    loaded = config.load(tmp_path)
    assert loaded == config.Config(folder=tmp_path)
    assert loaded.store == tmp_path / "data" / "processed" / "reviews.db"


def test_all_tables_are_read(tmp_path):
    loaded = config.load(
        written(
            tmp_path,
            """
            [practice]
            name = "Quince Street Bodywork"
            hipaa = "not_covered"
            [[staff]]
            name = "Odalys Brandt"
            nicknames = ["Oda"]
            [sources.guestbook]
            as_of = 2026-10-31
            columns = { text = "What they said" }
            [thresholds]
            max_rejected_share = 1
            """,
        )
    )
    assert loaded.practice.name == "Quince Street Bodywork"
    assert loaded.staff == (config.StaffMember("Odalys Brandt", ("Oda",)),)
    assert loaded.sources["guestbook"].as_of == date(2026, 10, 31)
    assert loaded.sources["guestbook"].columns == {"text": "What they said"}
    assert loaded.thresholds.max_rejected_share == 1.0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[practise]\nname = 'x'", "Did you mean 'practice'"),
        ("[practice]\nnam = 'x'", "Did you mean 'name'"),
        ("[practice]\nname = 3", "must be text in quotes"),
        ("[practice]\nhipaa = 'maybe'", "must be one of covered, not_covered, unknown"),
        ("[[staff]]\nnicknames = ['Oda']", "'name' is missing"),
        ("staff = 'Odalys'", "a list or table"),
        ("[thresholds]\nfew_reviews = true", "a whole number"),
        ("[retention]\nraw_days = -1", "0 or more"),
        ("[retention]\nraw_days = 'a year'", "a whole number"),
        ("[sources.x]\nas_of = 'yesterday'", "a date like"),
        ("[practice\nname = 1", "not valid TOML"),
        ("folder = '/'", "Use --project"),
    ],
)
def test_a_wrong_setting_is_named_with_what_was_meant(tmp_path, text, said):
    with pytest.raises(ConfigError, match=said.replace("[", r"\[")) as caught:
        config.load(written(tmp_path, text))
    assert "reviewpipe.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_other_encodings_and_folders_are_explained(tmp_path):
    (tmp_path / "reviewpipe.toml").write_bytes(b"[practice]\nname = 'Caf\xe9'")
    with pytest.raises(ConfigError, match="not UTF-8"):
        config.load(tmp_path)
    (tmp_path / "reviewpipe.toml").unlink()
    (tmp_path / "reviewpipe.toml").mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        config.load(tmp_path)


@pytest.mark.parametrize("path", [ROOT / "reviewpipe.toml", ROOT / "src" / "reviewpipe" / "settings.toml"])
def test_every_setting_stands_in_the_commented_files(path):
    """Each key is there, set or commented out, under a comment of its own."""
    from dataclasses import fields

    text = path.read_text(encoding="utf-8")
    tables = (config.Practice, config.StaffMember, config.Source, config.Themes, config.Privacy, config.Thresholds)
    for cls in (*tables, config.Quotes, config.Alerts, config.Log, config.Retention):
        for field in fields(cls):
            assert f"{field.name} =" in text, f"{path.name}: {cls.__name__}.{field.name}"


def test_the_shipped_settings_are_the_defaults(tmp_path):
    template = (ROOT / "src" / "reviewpipe" / "settings.toml").read_text(encoding="utf-8")
    assert config.load(written(tmp_path, template)) == config.Config(folder=tmp_path)


def test_a_member_of_staff_has_a_name(tmp_path):
    (tmp_path / "reviewpipe.toml").write_text('[[staff]]\nname = " "\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="has no name"):
        config.load(tmp_path)


def test_brackets_without_end(tmp_path):
    (tmp_path / "reviewpipe.toml").write_text("a = " + "[" * 5_000, encoding="utf-8")
    with pytest.raises(ConfigError, match="nested too deep"):
        config.load(tmp_path)
