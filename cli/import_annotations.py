"""import tropy, hypothesis, annotations and qdpx: what was photographed, marked and coded elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import json_option
from .output import counted
from .session import keep, message_option, say

if TYPE_CHECKING:
    from evidence.archive.bringing import Brought
    from evidence.archive.incoming import Loss
    from evidence.archive.logged import Logged

_file = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
_dry_run = click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
_NAMED = 3  # places of a loss that are named
_LONGEST = 200
#: How marking says that a tag means nothing here, where it looks like nothing that does.
_NO_KEY = re.compile(r"#(.+) is neither a case nor a test of this study\.(?!.*Did you mean).*")
_MOST = 40  # new records that are named one by one
_TAGS = 8  # tags that are named


@click.command()
@_file
@click.option(
    "--notes",
    type=click.Choice(["auto", "words", "remarks"]),
    default="auto",
    show_default=True,
    help="What notes in Tropy are: the words of the document, or remarks on it. auto: words, unless the item has transcriptions.",
)
@_dry_run
@json_option
@message_option
@click.pass_context
def tropy(
    ctx: click.Context, /, file: Path, notes: str, dry_run: bool, as_json: bool, message: str | None
) -> None:
    """Import items from Tropy's export (JSON-LD): sources with their photographs, transcriptions and selections.

    Fields are known by their properties, whatever a template calls them. Each photograph keeps its checksum
    and the boxes selected in it. A selection with a transcription becomes a quote.

    \b
    Example:
      evidence import tropy archive-trip.json --dry-run
    """
    from evidence.archive.bringing import bring
    from evidence.archive.marking import mark
    from evidence.archive.tropy import Notes, read_tropy

    incoming = read_tropy(file, notes=Notes(notes))

    def work(session: Any) -> None:
        brought = bring(session, incoming)
        _tell(brought, mark(session, incoming, brought, strict=False), as_json=as_json)

    keep(ctx, work, message, dry_run=dry_run, bulk=True)


@click.command()
@_file
@_dry_run
@json_option
@message_option
@click.pass_context
def hypothesis(ctx: click.Context, /, file: Path, dry_run: bool, as_json: bool, message: str | None) -> None:
    """Import annotations from Hypothesis: what its API's search gives, saved as JSON.

    Marked words become quotes, verified where the text of their source is held; words that are not in it are
    left out and named. Tags that name cases or tests count, where the note says what the words show on a line
    that begins with "Shows:". Notes on a page and replies are kept with the source or the quote.

    \b
    Example:
      evidence import hypothesis annotations.json
    """
    from evidence.archive.hypothesis_json import read_hypothesis

    _annotate(ctx, read_hypothesis(file), message, dry_run=dry_run, as_json=as_json)


@click.command()  # type: ignore[no-redef] # __future__ has the name, too
@_file
@_dry_run
@json_option
@message_option
@click.pass_context
def annotations(ctx: click.Context, /, file: Path, dry_run: bool, as_json: bool, message: str | None) -> None:
    """Import W3C Web Annotations: one, a list, a page or a collection of them.

    A TextQuoteSelector becomes a quote; a TextPositionSelector too, where the text of its source is held.
    What an annotation says that has no place here is named.

    \b
    Example:
      evidence import annotations reading-notes.jsonld
    """
    from evidence.archive.annotations import read_annotations

    _annotate(ctx, read_annotations(file), message, dry_run=dry_run, as_json=as_json)


@click.command()
@_file
@click.option("--codes", is_flag=True, help="Bring the code book as concepts, too.")
@_dry_run
@json_option
@message_option
@click.pass_context
def qdpx(
    ctx: click.Context, /, file: Path, codes: bool, dry_run: bool, as_json: bool, message: str | None
) -> None:
    """Import a REFI-QDA project (.qdpx), as NVivo, MAXQDA, ATLAS.ti or QualCoder export it; or a code book (.qdc).

    Texts come in with their words, coded passages as quotes. Codes that name cases or tests are tags; all
    others stay with the quote. Pictures, PDFs and recordings come in as sources without their selections.

    \b
    Example:
      evidence import qdpx interviews.qdpx --codes
    """
    from evidence.archive.bringing import bring
    from evidence.archive.marking import mark
    from evidence.archive.qdpx import read_qdpx
    from evidence.archive.qdpx_codes import bring_codes
    from evidence.archive.qdpx_own import known_again

    read, project = read_qdpx(file)

    def work(session: Any) -> None:
        incoming = known_again(session, read, own=project.own)
        brought = bring(session, incoming)
        logged = mark(session, incoming, brought, strict=False)
        new = bring_codes(session, project, file.name) if codes else []
        more = {"concepts": new} if codes else {}
        _tell(brought, logged, as_json=as_json, more=more)
        if not codes and project.codes and not as_json:
            say(f"Its code book has {counted(len(project.codes), 'code')}; --codes brings them as concepts.")

    keep(ctx, work, message, dry_run=dry_run, bulk=True)


def _annotate(
    ctx: click.Context, annotated: Any, message: str | None, *, dry_run: bool, as_json: bool
) -> None:
    from evidence.archive.annotating import annotate

    def work(session: Any) -> None:
        done = annotate(session, annotated)
        _tell(done.brought, done.logged, as_json=as_json, more={"remarked": list(done.remarked)})

    keep(ctx, work, message, dry_run=dry_run, bulk=True)


def _tell(
    brought: Brought, logged: Logged, *, as_json: bool, more: Mapping[str, Sequence[str]] | None = None
) -> None:
    """Say what came, what was known already, and everything that could not be carried."""
    more = more or {}
    losses = [*brought.losses, *logged.losses]
    if as_json:
        import json

        say(
            json.dumps(_report(brought, logged, losses, more), ensure_ascii=False, indent=2, default=str),
            data=True,
        )
        return
    for warning in brought.warnings:
        say(f"Warning: {warning}")
    for line in (*_came(brought, logged, more), *_lost(logged, losses)):
        say(line, data=True)
    _sum_up(brought, logged, more)


def _came(brought: Brought, logged: Logged, more: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield what is new, what changed, and what is found otherwise now."""
    added = [f"source {key}" for key in brought.added]
    added += [f"{one.noun} {one.key}{f' ({one.said})' if one.said else ''}" for one in logged.added]
    added += [f"concept {key}" for key in more.get("concepts", ())]
    if len(added) <= _MOST:
        yield from (f"Added: {one}" for one in added)
    new = set(brought.added)
    yield from (f"Held: a new text of {key}" for key in brought.held[:_MOST] if key not in new)
    for key, name, before, after in _changes(brought, logged):
        yield f"Changed: {key}, {name}: {_shown(before)} → {_shown(after)}"
    for kept in brought.kept:
        yield f"Kept: {kept.key}, {kept.field}: {_shown(kept.before)} (the file says {_shown(kept.after)})"
    for again in brought.verified_again:
        if again.failed or again.changed:
            yield f"Quote {again.quote}: {again.before.state.value} → {again.after.state.value}"
    yield from (f"Remark added: source {key}" for key in more.get("remarked", ()))


def _lost(logged: Logged, losses: Sequence[Loss]) -> Iterator[str]:
    """Yield what was left out, what the file holds no more, and whatever could not be carried, grouped."""
    yield from (f"Left out: {refused.place}: {refused.what}" for refused in logged.refused)
    if gone := [one.key for one in logged.gone if one.noun == "quote"]:
        others = f" and {len(gone) - _NAMED:,} more" if len(gone) > _NAMED else ""
        yield f"Not in this file: {', '.join(gone[:_NAMED])}{others}, which came before; they stay in the ledger"
    yield from (
        f"Gone: {one.noun} {one.key}; it stays in the ledger" for one in logged.gone if one.noun != "quote"
    )
    tags = Counter(found[1] for loss in losses if (found := _NO_KEY.fullmatch(loss.what)))
    if tags:
        named = ", ".join(f"{tag} {count:,}" for tag, count in tags.most_common(_TAGS))
        others = f" and {len(tags) - _TAGS:,} more" if len(tags) > _TAGS else ""
        yield f"Kept with their quotes: tags that name no case or test ({named}{others})"
    for what, count, places in _grouped(loss for loss in losses if not _NO_KEY.fullmatch(loss.what)):
        where = f"{count:,} times, first at {places[0]}" if count > 1 and places else "".join(places)
        yield f"Not carried: {what}{f' ({where})' if where else ''}"


def _changes(brought: Brought, logged: Logged) -> Iterator[tuple[str, str, Any, Any]]:
    for of_source in brought.changed:
        yield of_source.key, of_source.field, of_source.before, of_source.after
    for edited in logged.changed:
        yield edited.key, edited.field, edited.before, edited.after


def _sum_up(brought: Brought, logged: Logged, more: Mapping[str, Sequence[str]]) -> None:
    states = Counter(one.said for one in logged.added if one.noun == "quote")
    others = Counter(one.noun for one in logged.added if one.noun != "quote")
    quotes = counted(sum(states.values()), "new quote")
    found = ", ".join(f"{count:,} {state}" for state, count in sorted(states.items()))
    further = "".join(f", {counted(count, f'new {noun}')}" for noun, count in others.items())
    concepts = f", {counted(len(more['concepts']), 'new concept')}" if "concepts" in more else ""
    say(
        f"{counted(len(brought.added), 'new source')}, {counted(len(brought.held), 'new text')}, "
        f"{quotes}{f' ({found})' if found else ''}{further}{concepts}; {counted(brought.unchanged, 'source')} and "
        f"{counted(logged.unchanged, 'quote')} unchanged."
    )
    if not (brought.writes or logged.writes or any(more.values())):
        say("The ledger has all of it already; nothing was written.")


def _grouped(losses: Iterable[Loss]) -> list[tuple[str, int, list[str]]]:
    """Return what could not be carried: each thing once, how often, and the first places."""
    groups: dict[str, list[str]] = {}
    for loss in losses:
        groups.setdefault(loss.what, []).append(str(loss.place))
    return [
        (what, len(places), [place for place in places if place][:_NAMED]) for what, places in groups.items()
    ]


def _report(
    brought: Brought, logged: Logged, losses: list[Loss], more: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    changes = [
        {"key": key, "field": name, "before": before, "after": after}
        for key, name, before, after in _changes(brought, logged)
    ]
    return {
        "sources": list(brought.keys),
        "added": {
            "sources": list(brought.added),
            "texts": list(brought.held),
            **{
                f"{noun}s": [one.key for one in logged.added if one.noun == noun]
                for noun in ("quote", "observation", "bearing")
            },
        },
        "states": {one.key: one.said for one in logged.added if one.noun == "quote"},
        "changed": changes,
        "unchanged": {"sources": brought.unchanged, "quotes": logged.unchanged},
        "left_out": [{"what": one.what, "place": str(one.place)} for one in logged.refused],
        "not_carried": [
            {"what": what, "count": count, "places": places} for what, count, places in _grouped(losses)
        ],
        "no_longer_in_the_file": [one.key for one in logged.gone],
        **{name: list(keys) for name, keys in more.items()},
    }


def _shown(value: Any) -> str:
    said = "nothing" if value in (None, "", [], {}) else " ".join(str(value).split())
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"
