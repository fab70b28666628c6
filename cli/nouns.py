"""add, edit, show, list, retire and rename, for every noun: made from the noun's fields."""

from __future__ import annotations

from typing import Any

import click

from .options import field_options, json_option, typed_values, with_options
from .output import as_json, facts, table
from .session import keep, looking, message_option, reads, say, since_option, writes

__all__ = ["command", "group"]

#: What a key may be left out for: it then follows from this field's key.
_STEMS = {"quote": ("source", "."), "observation": ("case", ".o"), "search": ("case", ".s")}
#: What a list shows of each record, besides the key.
_COLUMNS = {
    "case": ("start", "end", "status", "title"),
    "episode": ("title",),
    "actor": ("ccode", "abbreviation", "name"),
    "commitment": ("kind", "signed", "title"),
    "source": ("type", "tier", "title"),
    "text": ("source", "sha256", "edition"),
    "quote": ("source", "state", "words"),
    "observation": ("case", "occurred", "proposition"),
    "search": ("case", "status", "hits", "question"),
    "hypothesis": ("case", "statement"),
    "test": ("case", "kind", "result", "prediction"),
    "variable": ("label", "question"),
    "concept": ("family", "label"),
    "coder": ("name", "orcid"),
    "decision": ("case", "variable", "value", "coder", "superseded_by", "rationale"),
}
_EXAMPLES = {
    "case": 'case add mid-50 --title "Taiwan Strait" --start 1953-02-11 --participant usa:A',
    "episode": 'episode add taiwan-1954 --title "Taiwan Strait, 1954-55" --case mid-50:core',
    "actor": "actor add usa --name 'United States' --ccode 2 --abbreviation USA",
    "commitment": "commitment add sino-us-1954 --title 'Mutual Defense Treaty' --kind defence --member usa:1955-03-03",
    "source": "source add frus-d134 --title 'Memorandum' --tier primary --item 793.00/2-2855",
    "quote": 'quote add --source frus-d134 --words "@words.txt" --locator page=315',
    "observation": "observation add --case mid-50 --proposition 'Hoover stated ...' --quote frus-d134.1",
    "search": "search add --case mid-50 --question 'Did he say ...?' --corpus 'FRUS 1955-57 II' --hits 0",
    "hypothesis": "hypothesis add mid-50.h1 --case mid-50 --statement '...' --rival mid-50.h2:exclusive",
    "variable": "variable add ALLY --label 'Role of alliances' --version-file ally.yaml",
    "concept": "concept add credibility --family 'form of entanglement' --label Credibility",
    "coder": "coder add me --name 'A. Scholar'",
    "decision": "decision list",
    "test": "test list",
    "text": "text list",
    "challenge": 'challenge answer memo.1.c1 --verdict upheld --answer "You are right: ..." --by me',
}


def command(name: str) -> click.Command:
    """Return the group of a noun."""
    verbs = (
        ("show", "list", "retire")
        if name == "decision"
        else ("add", "edit", "show", "list", "retire", "rename")
    )
    return group(name, verbs)


def group(name: str, verbs: tuple[str, ...]) -> click.Group:
    """Return a noun's group with the verbs named."""
    from evidence.ledger.nouns import NOUNS

    kind = NOUNS[name]
    doc = (kind.model.__doc__ or "").strip()
    example = f"\n\n\b\nExample:\n  evidence {_EXAMPLES[name]}"
    made = click.Group(name, help=doc + example)
    for verb in verbs:
        made.add_command(_MAKERS[verb](kind), verb)
    return made


def _help(name: str, what: str, example: str) -> str:
    return f"{what}\n\n\b\nExample:\n  evidence {name} {example}"


def _add(kind: Any) -> click.Command:
    optional = kind.name in _STEMS

    @click.argument("key", required=not optional)
    @writes
    def add(session: Any, key: str | None, **params: Any) -> None:
        from evidence.archive.log import add_quote
        from evidence.errors import ValueRefused
        from evidence.ledger import records

        values = typed_values(kind, params)
        if kind.name == "quote" and not values.get("source"):
            raise ValueRefused("A quote needs its source; name it with --source.")
        if key is None:
            key = _next(session, kind, values)
        values["key"] = key
        row = add_quote(session, values) if kind.name == "quote" else records.add(session, kind.name, values)
        state = f" ({row.state.value})" if kind.name == "quote" else ""
        say(f"Added {kind.name} {row.key}{state}.")

    with_options(add, field_options(kind))
    example = _EXAMPLES[kind.name].partition(" ")[2]
    return click.command("add", help=_help(kind.name, f"Add {_a(kind.name)}.", example))(add)


def _next(session: Any, kind: Any, values: dict[str, Any]) -> str:
    from evidence.errors import ValueRefused
    from evidence.ledger import records

    field, joint = _STEMS[kind.name]
    if not values.get(field):
        raise ValueRefused(f"{_a(kind.name).capitalize()} needs a key, or --{field} to make one from.")
    owner = records.find(session, field, str(values[field]))
    return records.next_key(session, kind.name, f"{owner.key}{joint}")


def _a(name: str) -> str:
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def _edit(kind: Any) -> click.Command:
    @click.argument("key")
    @click.option("--in-editor", metavar="FIELD", help="Write this field in $EDITOR.")
    @click.option("--restore", is_flag=True, help="Bring a retired record back.")
    @since_option
    @message_option
    @click.pass_context
    def edit(
        ctx: click.Context,
        /,
        key: str,
        in_editor: str | None,
        restore: bool,
        since: str | None,
        message: str | None,
        **params: Any,
    ) -> None:
        # Nobody waits for an editor: what it showed is held against the ledger once it is closed.
        edited = _edited(ctx, kind, key, in_editor) if in_editor else None
        keep(ctx, lambda session: _change(session, kind, key, restore, params, edited), message, since=since)

    with_options(edit, field_options(kind))
    lists = "a version that is given comes beside those of other names" if kind.name == "variable" else ""
    lists = lists or "a list that is given takes the place of the old one"
    text = f"Change fields of {_a(kind.name)}; {lists}."
    long = next((f.name for f in kind.fields.values() if f.long), next(iter(kind.fields)))
    return click.command("edit", help=_help(kind.name, text, f"edit KEY --in-editor {long}"))(edit)


def _change(
    session: Any,
    kind: Any,
    key: str,
    restore: bool,
    params: dict[str, Any],
    edited: tuple[str, str, str] | None,
) -> None:
    from evidence.archive.log import edit_quote
    from evidence.ledger import records

    row = records.find(session, kind.name, key, retired=restore)
    values = typed_values(kind, params)
    if edited:
        name, before, after = edited
        _require_unchanged(getattr(row, kind.fields[name].column) or "", before, after, name)
        values[name] = after
    if kind.name == "variable" and "versions" in values:
        from evidence.coding.versions import beside

        values["versions"] = beside(session, row, values["versions"])
    restored = restore and row.retired_at is not None
    if restored:
        row.retired_at = None
        session.flush()
        say(f"Restored {kind.name} {row.key}.")
    if kind.name == "quote":
        changed = edit_quote(session, row, values)
    else:
        changed = records.edit(session, kind.name, row, values)
    if changed or not restored:
        say(f"Changed {kind.name} {row.key}." if changed else f"Nothing changed in {kind.name} {row.key}.")


def _require_unchanged(now: str, before: str, written: str, name: str) -> None:
    from evidence.errors import ValueRefused

    if now != before:
        from evidence.ledger.since import both

        click.echo(both(name, now, written))
        raise ValueRefused(
            f"Somebody changed {name} while the editor was open, so nothing was written; both versions are printed above."
        )


def _edited(ctx: click.Context, kind: Any, key: str, name: str) -> tuple[str, str, str]:
    """Return a field's name, its text, and what became of it in the editor."""
    from evidence.errors import ValueRefused, nearest
    from evidence.ledger.shown import shown

    field = kind.fields.get(name.replace("-", "_"))
    if field is None or field.kind != "text" or field.computed:
        near = nearest(name, [f.name for f in kind.fields.values() if f.kind == "text"], 1)
        raise ValueRefused(
            f"{name!r} is not a text field of {_a(kind.name)}.{f' Did you mean {near[0]!r}?' if near else ''}"
        )
    with looking(ctx, here=True) as (connection, study):
        before = str(shown(connection, study, kind.name, key).get(field.name, ""))
    written = click.edit(before, extension=".md", require_save=True)
    if written is None:
        raise ValueRefused("The editor was left without saving, so nothing was written.")
    return field.name, before, written.rstrip("\n")


def _show(kind: Any) -> click.Command:
    @click.argument("key")
    @json_option
    @reads
    def show(connection: Any, study: Any, key: str, as_json: bool) -> None:
        from evidence.ledger.shown import shown

        found = shown(connection, study, kind.name, key)
        _print(found, as_json)

    text = f"Show {_a(kind.name)} with everything in it."
    return click.command("show", help=_help(kind.name, text, "show KEY --json"))(show)


def _print(found: dict[str, Any], json: bool) -> None:
    if json:
        as_json(found)
    else:
        facts(found)


def _list(kind: Any) -> click.Command:
    @click.option("--retired", is_flag=True, help="The retired ones too.")
    @json_option
    @reads
    def show_all(connection: Any, study: Any, retired: bool, as_json: bool, **wanted: str | None) -> None:
        from evidence.ledger.shown import shown_all

        asked = _asked(connection, study, kind, wanted)
        found = [
            record
            for record in shown_all(connection, study, kind.name, retired=retired)
            if all(record.get(name) == value for name, value in asked.items())
        ]
        if as_json:
            _print_all(found)
            return
        columns = ("key", *_COLUMNS[kind.name]) if kind.keyed else _COLUMNS[kind.name]
        table([c.replace("_", " ").upper() for c in columns], ([r.get(c) for c in columns] for r in found))
        if not found and asked:
            those = " and ".join(f"{name} {value}" for name, value in asked.items())
            say(f"There is no {kind.name} with {those}.")
        elif not found:
            how = "code" if kind.name == "decision" else kind.name
            say(f"There is no {kind.name} yet; 'evidence {how} --help' says how to make one.")

    filters = [
        f
        for f in kind.fields.values()
        if f.kind in ("link", "word", "version") and f.name in _COLUMNS[kind.name]
    ]
    for field in filters:
        metavar = "WORD" if field.kind == "word" else "KEY"
        option = click.Option(
            [f"--{field.name.replace('_', '-')}"], metavar=metavar, help=f"Only those of this {field.name}."
        )
        with_options(show_all, [option])
    return click.command("list", help=_help(kind.name, f"List {kind.name} records by key.", "list --json"))(
        show_all
    )


def _asked(connection: Any, study: Any, kind: Any, wanted: dict[str, str | None]) -> dict[str, Any]:
    """Return what a list is narrowed to, as the records have it; refuse a key or a word that nothing has."""
    from evidence.ledger.forms import read_value
    from evidence.ledger.shown import shown

    asked: dict[str, Any] = {}
    for name, value in wanted.items():
        field = kind.fields[name]
        if value is None:
            continue
        if field.kind == "word":
            asked[name] = read_value(field, value).value
        else:
            noun = "variable" if field.kind == "version" else field.target
            asked[name] = shown(connection, study, noun, value)["key"]
    return asked


def _print_all(found: list[dict[str, Any]]) -> None:
    as_json(found)


def _retire(kind: Any) -> click.Command:
    @click.argument("key")
    @writes
    def retire(session: Any, key: str) -> None:
        from evidence.ledger import records

        row = records.find(session, kind.name, key)
        records.retire(session, row)
        say(f"Retired {kind.name} {row.key}; it stays in the ledger, and its key is never used again.")

    text = f"Take {_a(kind.name)} out of use. Nothing is deleted."
    return click.command("retire", help=_help(kind.name, text, "retire KEY -m 'entered twice'"))(retire)


def _rename(kind: Any) -> click.Command:
    @click.argument("key")
    @click.argument("new")
    @writes
    def rename(session: Any, key: str, new: str) -> None:
        from evidence.ledger import records

        row = records.find(session, kind.name, key)
        old = row.key
        records.rename(session, kind.name, row, new)
        say(f"{kind.name.capitalize()} {old} is now {row.key}; {old} still leads to it.")

    text = f"Give {_a(kind.name)} another key; the old one still leads to it."
    return click.command("rename", help=_help(kind.name, text, "rename KEY NEWKEY"))(rename)


_MAKERS = {"add": _add, "edit": _edit, "show": _show, "list": _list, "retire": _retire, "rename": _rename}
