"""What is kept and given back: bytes under their hash, rows in their types, uploads of a form laid over each other."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.small_study import AT, GROWING, PEOPLE, WHOLE, item, pairs, study_of, write_study, write_uploads
from trialkit import pipeline
from trialkit.cli.main import run
from trialkit.errors import SnapshotError
from trialkit.model import Field, Form, Table
from trialkit.store import Item, Store, files, overlay
from trialkit.store.merge import merged
from trialkit.store.parquet import decode, encode
from trialkit.store.typed import stamped, typed_frame


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "s", create=True)


def send(store: Store, *items: Item) -> None:
    store.submit(items, (), study_of(), "me", "", AT)


# ---- files ---------------------------------------------------------------------------------------------------------


def test_bytes_lie_under_their_hash_once(tmp_path: Path) -> None:
    sha256 = files.put(tmp_path, "objects", b"content")
    assert sha256 == hashlib.sha256(b"content").hexdigest()
    path = tmp_path / "objects" / sha256[:2] / sha256
    assert path.read_bytes() == b"content"
    before = path.stat().st_mtime_ns
    assert files.put(tmp_path, "objects", b"content") == sha256
    assert path.stat().st_mtime_ns == before
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [path]
    assert files.get(tmp_path, "objects", sha256) == b"content"


def test_a_file_with_other_bytes_is_neither_read_nor_taken_for_there(tmp_path: Path) -> None:
    sha256 = files.put(tmp_path, "objects", b"content")
    files.path_of(tmp_path, "objects", sha256).write_bytes(b"c0ntent")
    with pytest.raises(SnapshotError, match="do not have the SHA-256 of its name"):
        files.get(tmp_path, "objects", sha256)
    with pytest.raises(SnapshotError, match="do not have the SHA-256 of its name"):
        files.put(tmp_path, "objects", b"content")
    with pytest.raises(SnapshotError, match="is missing"):
        files.get(tmp_path, "objects", "0" * 64)


def test_a_write_that_fails_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("the power is out")

    monkeypatch.setattr("trialkit.store.files.os.replace", refuse)
    with pytest.raises(RuntimeError):
        files.put(tmp_path, "objects", b"content")
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_a_file_is_flushed_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes, then the name, then the folder: in this order they survive a power cut."""
    done: list[str] = []
    fsync, rename = files.os.fsync, files.os.replace
    monkeypatch.setattr("trialkit.store.files.os.fsync", lambda n: (done.append("flush"), fsync(n)))
    monkeypatch.setattr("trialkit.store.files.os.replace", lambda a, b: (done.append("name"), rename(a, b)))
    (tmp_path / "objects" / hashlib.sha256(b"content").hexdigest()[:2]).mkdir(parents=True)
    files.put(tmp_path, "objects", b"content")
    assert done == ["flush", "name", "flush"]


def test_the_raw_bytes_of_an_upload_are_kept(store: Store) -> None:
    sent = item(WHOLE, [("a", 1)])
    send(store, sent)
    (upload,) = store.uploads()
    assert files.get(store.path, "objects", upload.sha256) == sent.data
    assert (upload.form, upload.mode, upload.rows, upload.by, upload.received_at) == (
        "whole",
        "cumulative",
        1,
        "me",
        AT,
    )


# ---- typed tables --------------------------------------------------------------------------------------------------

TYPED = Form(
    "typed",
    "Typed",
    "1",
    {
        "T": Field("T", "Text"),
        "N": Field("N", "Number", "decimal"),
        "D": Field("D", "Day", "datetime"),
        "E": Field("E", "Empty"),
    },
    ("T",),
)


def typed() -> Table:
    frame = pd.DataFrame(
        {
            "T": pd.Series(["a", None, "ü"], dtype=object),
            "N": [1.5, np.nan, 3.0],
            "D": pd.to_datetime(pd.Series(["2026-01-01T10:00", None, "2026-01-03"], dtype=object), format="ISO8601"),
            "E": pd.Series([None] * 3, dtype=object),
        }
    )
    return Table(TYPED, frame, np.array([2, 3, 5]), "t.csv", "f" * 64, unread={"N": np.array([False, False, True])})


def test_a_table_comes_back_in_its_types() -> None:
    table = typed()
    back = stamped(decode(encode(table), "place"), table.sha256, table.file)
    pd.testing.assert_frame_equal(back, typed_frame(table))
    assert list(back.columns) == ["T", "N", "D", "E", "_row", "_unread", "_upload", "_file"]
    assert back.dtypes.astype(str).tolist()[:5] == ["object", "float64", "datetime64[ns]", "object", "int64"]
    assert back["T"].tolist() == ["a", None, "ü"]
    assert back["_row"].tolist() == [2, 3, 5]
    assert back["_unread"].tolist() == ["", "", "N"]
    assert np.isnan(back["N"].iloc[2])


def test_the_same_table_gives_the_same_bytes_under_any_name() -> None:
    assert encode(typed()) == encode(replace(typed(), file="other.csv"))
    assert encode(typed()) != encode(replace(typed(), rows=np.array([2, 3, 4])))


def test_bytes_that_are_no_table() -> None:
    with pytest.raises(SnapshotError, match="is not a typed table"):
        decode(b"PAR1 but not really", "tables/x")


# ---- laying uploads over each other --------------------------------------------------------------------------------


def test_a_cumulative_file_stands_for_all_earlier_ones(store: Store) -> None:
    send(store, item(WHOLE, [("a", 1), ("b", 2)]))
    send(store, item(WHOLE, [("b", 3)]))
    assert pairs(store.current()["whole"]) == [("b", 3.0)]
    assert pairs(store.previous()["whole"]) == [("a", 1.0), ("b", 2.0)]


def test_an_incremental_file_adds_and_replaces_by_key(store: Store) -> None:
    first, second = item(GROWING, [("a", 1), ("b", 2)], "1.csv"), item(GROWING, [("b", 3), ("c", 4)], "2.csv")
    send(store, first)
    send(store, second)
    now = store.current()["growing"]
    assert pairs(now) == [("a", 1.0), ("b", 3.0), ("c", 4.0)]
    assert now["_file"].tolist() == ["1.csv", "2.csv", "2.csv"]
    assert now["_upload"].tolist() == [first.table.sha256, second.table.sha256, second.table.sha256]
    assert now.index.tolist() == [0, 1, 2]
    assert pairs(store.previous()["growing"]) == [("a", 1.0), ("b", 2.0)]


def test_an_incremental_file_sent_after_others_counts_at_its_later_place(store: Store) -> None:
    first, second = item(GROWING, [("a", 1)]), item(GROWING, [("a", 2)])
    for sent, value in ((first, 1.0), (second, 2.0), (first, 1.0)):
        send(store, sent)
        assert pairs(store.current()["growing"]) == [("a", value)]
    assert len(store.uploads()) == 3


def test_two_incremental_files_of_one_submission(store: Store) -> None:
    send(store, item(GROWING, [("a", 1)]), item(GROWING, [("a", 2), ("b", 1)]))
    assert pairs(store.current()["growing"]) == [("a", 2.0), ("b", 1.0)]
    assert store.previous() == {}


def test_records_of_one_file_with_one_key_and_records_without_a_key_are_kept(store: Store) -> None:
    send(store, item(GROWING, [("a", 1), ("a", 2), (None, 3)]))
    send(store, item(GROWING, [("b", 4), (None, 5)]))
    assert pairs(store.current()["growing"]) == [("a", 1.0), ("a", 2.0), (None, 3.0), ("b", 4.0), (None, 5.0)]
    send(store, item(GROWING, [("a", 6)]))
    assert pairs(store.current()["growing"])[-1] == ("a", 6.0)
    assert len(store.current()["growing"]) == 4


def test_without_a_key_nothing_is_replaced() -> None:
    one, two = (typed_frame(item(GROWING, rows).table) for rows in ([("a", 1.0)], [("a", 2.0)]))
    assert pairs(merged([one, two], ())) == [("a", 1.0), ("a", 2.0)]
    assert pairs(merged([one, two], ("Z",))) == [("a", 1.0), ("a", 2.0)]
    assert pairs(merged([one, two], ("K",))) == [("a", 2.0)]
    assert pairs(merged([two, one, two], ("K", "V"))) == [("a", 1.0), ("a", 2.0)]


def test_a_form_whose_fields_changed(store: Store) -> None:
    """A new field is missing in old rows; a field whose type changed becomes text."""
    later = replace(
        GROWING, version="2", fields={"K": GROWING.fields["K"], "V": Field("V", "Value"), "W": Field("W", "New")}
    )
    frame = pd.DataFrame({"K": ["b"], "V": pd.Series(["x"], dtype=object), "W": ["y"]})
    send(store, item(GROWING, [("a", 1), ("c", 2.5)]))
    data = b"later"
    send(store, Item(Table(later, frame, np.array([2]), "l.csv", hashlib.sha256(data).hexdigest()), data))
    now = store.current()["growing"]
    assert now["V"].tolist() == ["1", "2.5", "x"]
    assert now["W"].tolist() == [None, None, "y"]


def test_overlay_is_what_the_store_would_hold(store: Store) -> None:
    send(store, item(WHOLE, [("a", 1)]), item(GROWING, [("a", 1), ("b", 2)]))
    new = [item(WHOLE, [("b", 2)]), item(GROWING, [("b", 3), ("c", 4)])]
    before = store.current()
    laid = overlay(before, [one.table for one in new])
    assert pairs(before["growing"]) == [("a", 1.0), ("b", 2.0)]
    send(store, *new)
    for form, frame in store.current().items():
        pd.testing.assert_frame_equal(laid[form], frame)


def test_overlay_of_a_file_sent_before_has_its_rows_once(store: Store) -> None:
    """Also rows without a key, which no record replaces."""
    first = item(GROWING, [("a", 1), (None, 2)])
    for sent in (first, item(GROWING, [("a", 3)])):
        send(store, sent)
    laid = overlay(store.current(), [first.table])
    assert pairs(laid["growing"]) == [("a", 1.0), (None, 2.0)]
    send(store, first)
    pd.testing.assert_frame_equal(laid["growing"], store.current()["growing"])


def test_what_a_file_sent_again_is_compared_with(store: Store) -> None:
    """With what was there before it, if it is the last of its form; else with what is there now."""
    first, second = item(WHOLE, [("a", 1)]), item(WHOLE, [("b", 2)])
    extra = item(GROWING, [("a", 1)])
    send(store, first, extra)
    assert store.standing().number == 1
    assert set(store.standing({"whole": first.table.sha256}).frames) == {"growing"}
    send(store, second)
    standing = store.standing({"whole": second.table.sha256, "growing": "other"})
    assert standing.number == 2
    assert {form: pairs(frame) for form, frame in standing.frames.items()} == {
        "whole": [("a", 1.0)],
        "growing": [("a", 1.0)],
    }
    assert pairs(store.standing({"whole": first.table.sha256}).frames["whole"]) == [("b", 2.0)]


# ---- refused files -------------------------------------------------------------------------------------------------


def test_a_refused_file_is_kept_in_quarantine_with_an_event(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_study(tmp_path / "study")
    uploads = write_uploads(tmp_path / "up", PEOPLE.replace("AGE", "AEG"))
    assert run(["submit", str(uploads), "--study", str(study), "--by", "ann"]) == 3
    assert "kept in quarantine" in capsys.readouterr().out
    store = Store.open(study / "store")
    (event,) = store.events()
    bad = (uploads / "people.csv").read_bytes()
    sha256 = hashlib.sha256(bad).hexdigest()
    assert (event.kind, event.by) == ("rejected", "ann")
    assert f'"sha256":"{sha256}"' in event.detail
    assert "AEG" in event.detail
    assert files.get(store.path, "quarantine", sha256) == bad
    kept = [p.name for p in (study / "store").rglob("*") if p.is_file() and p.name != "catalog.sqlite"]
    assert kept == [sha256]
    assert (store.uploads(), store.submissions(), store.current()) == ([], [], {})
    assert pipeline.verify(study / "store").files == 1
