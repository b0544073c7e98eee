"""The batch workload by polars, DataFusion and DuckDB, each on one thread, over data that is in memory.

Reads what `leadql-peers --export DIR` wrote, gives each engine the columns in the form it likes, holds every score
against the one that was exported, and then times them in turns, in CPU time. With `--peers PROGRAM` that program's
own ways take their turn in each round, so that all of it is one run.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import time

os.environ["POLARS_MAX_THREADS"] = "1"  # before polars is imported, which reads it once

import datafusion
import duckdb
import polars
import pyarrow

WIDTHS = {"u32": pyarrow.uint32(), "i64": pyarrow.int64(), "u8": pyarrow.uint8()}


def read(folder):
    """The exported columns as Arrow tables, what is said about them, and the scores that are right."""
    about = json.loads((folder / "about.json").read_text())

    def column(name, width):
        data = pyarrow.py_buffer((folder / f"{name}.{width}").read_bytes())
        kind = WIDTHS[width]
        return pyarrow.Array.from_buffers(kind, data.size * 8 // kind.bit_width, [None, data])

    def texts(name):
        codes = column(name, "u32").cast(pyarrow.int32())
        return pyarrow.DictionaryArray.from_arrays(codes, about["dictionaries"][name])

    def folders(subjects):
        """What stands before the slash in each subject, if there is one; decided once for each different subject."""
        found = [text.partition("/")[0] if "/" in text else "" for text in about["dictionaries"]["subject"]]
        names = list(dict.fromkeys(found))
        codes = pyarrow.array([names.index(one) for one in found], pyarrow.int32())
        return pyarrow.DictionaryArray.from_arrays(codes.take(subjects.indices), names)

    subjects = texts("subject")
    leads = pyarrow.table(
        {
            "lead": pyarrow.array(range(about["leads"]), pyarrow.uint32()),
            "industry": texts("industry"),
            "country": texts("country"),
            "company_size": column("company_size", "i64"),
            "consent": column("consent", "u8").cast(pyarrow.bool_()),
        }
    )
    events = pyarrow.table(
        {
            "lead": column("lead", "u32"),
            "kind": texts("kind"),
            "subject": subjects,
            "folder": folders(subjects),
            "happened": column("at", "i64"),
            "seconds": column("seconds", "i64"),
        }
    )
    return leads, events, about, column("score", "i64").to_pylist()


def measure(rule):
    """What an event rule counts or adds up, as SQL."""
    if "sum" in rule:
        return f"COALESCE(SUM({rule['sum']}) FILTER (WHERE {rule['fits']}), 0)"
    return f"COUNT(*) FILTER (WHERE {rule['fits']})"


def points(about):
    """What all rules give together, from their counts, as SQL."""
    worth = [rule["worth"].replace("{n}", f"n{number}") for number, rule in enumerate(about["event_rules"])]
    worth += [f"CASE WHEN {condition} THEN {points} ELSE 0 END" for condition, points in about["fit_rules"]]
    return " + ".join(f"({one})" for one in worth)


def query(about):
    """The whole workload as one query.

    What is counted but once each stands in queries of its own: `COUNT(DISTINCT …) FILTER` in the one beside the other
    counts takes both engines three times as long.
    """
    rules = list(enumerate(about["event_rules"]))
    plain = ", ".join(f"{measure(rule)} AS n{number}" for number, rule in rules if "distinct" not in rule)
    distinct = [(number, rule) for number, rule in rules if "distinct" in rule]
    apart = ", ".join(
        f"""apart{number} AS (
            SELECT lead, COUNT(*) AS count FROM (
                SELECT DISTINCT lead, {rule['distinct']} FROM aged WHERE {rule['fits']}
            ) AS pairs GROUP BY lead
        )"""
        for number, rule in distinct
    )
    counts = "".join(f", COALESCE(apart{number}.count, 0) AS n{number}" for number, _ in distinct)
    joins = " ".join(f"LEFT JOIN apart{number} ON leads.lead = apart{number}.lead" for number, _ in distinct)
    low, high = about["bounds"]
    return f"""
        WITH aged AS (
            SELECT lead, kind, subject, folder, seconds, {about['now']} - happened AS age, happened / 86400 AS day
            FROM events
        ), plain AS (SELECT lead, {plain} FROM aged GROUP BY lead), {apart},
        counted AS (
            SELECT leads.*, plain.* EXCLUDE (lead){counts}
            FROM leads JOIN plain ON leads.lead = plain.lead {joins}
        )
        SELECT GREATEST({low}, LEAST({high}, {points(about)})) AS score FROM counted ORDER BY lead"""


def with_duckdb(leads, events, about):
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    for table, columns in (("leads", leads), ("events", events)):
        connection.register("arrow", columns)
        connection.execute(f"CREATE TABLE {table} AS SELECT * FROM arrow")
        connection.unregister("arrow")
    # DuckDB divides whole numbers to whole numbers with `//` only.
    text = query(about).replace("happened / 86400", "happened // 86400")
    return lambda: connection.sql(text).to_arrow_table().column("score")


def with_datafusion(leads, events, about):
    context = datafusion.SessionContext(datafusion.SessionConfig().with_target_partitions(1))
    context.register_record_batches("leads", [leads.to_batches()])
    context.register_record_batches("events", [events.to_batches(max_chunksize=8192)])
    text = query(about)
    return lambda: context.sql(text).to_arrow_table().column("score")


def with_polars(leads, events, about):
    leads, events = polars.from_arrow(leads).lazy(), polars.from_arrow(events).lazy()
    aged = events.with_columns(age=about["now"] - polars.col("happened"), day=polars.col("happened") // 86400)

    def count(number, rule):
        fits = polars.sql_expr(rule["fits"])
        if "distinct" in rule:
            counted = polars.col(rule["distinct"]).filter(fits).n_unique()
        elif "sum" in rule:
            counted = polars.sql_expr(rule["sum"]).filter(fits).sum()
        else:
            counted = fits.sum()
        return counted.cast(polars.Int64).alias(f"n{number}")

    counted = aged.group_by("lead").agg(count(*rule) for rule in enumerate(about["event_rules"]))
    score = polars.sql_expr(points(about)).clip(*about["bounds"]).alias("score")
    frame = leads.join(counted, on="lead").sort("lead").select(score)
    return lambda: frame.collect().get_column("score")


ENGINES = {"polars": with_polars, "DataFusion": with_datafusion, "DuckDB": with_duckdb}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    arguments.add_argument("folder", type=pathlib.Path, help="what `leadql-peers --export` wrote")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--peers", help="the program `leadql-peers`, to take its turn in each round")
    arguments.add_argument("--format", choices=["table", "markdown", "json"], default="table")
    order = arguments.parse_args()

    leads, events, about, right = read(order.folder)
    ways = {}
    for name, prepare in ENGINES.items():
        ways[name] = prepare(leads, events, about)
        found = ways[name]().to_list() if name == "polars" else ways[name]().to_pylist()
        wrong = [lead for lead, pair in enumerate(zip(found, right, strict=True)) if pair[0] != pair[1]]
        if wrong:
            lead = wrong[0]
            raise SystemExit(f"error: {name}: lead {lead} gets {found[lead]} where {right[lead]} is right")

    # Nanoseconds of CPU time for a lead, of all threads of this process, by way and round.
    taken = {}
    for _ in range(order.rounds):
        if order.peers:
            command = [order.peers, "batch", "--rounds", "3", "--format", "json"]
            output = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            for timing in json.loads(output.stdout)["timings"]:
                taken.setdefault(timing["way"], []).append(timing["ns_per_lead"])
        for name, run in ways.items():
            start = time.process_time_ns()
            run()
            taken.setdefault(name, []).append((time.process_time_ns() - start) / about["leads"])
    report(taken, about["leads"], order.format)


def report(taken, leads, form):
    first = next(iter(taken.values()))
    rows = []
    for name, times in taken.items():
        ratio = statistics.median(time / yardstick for time, yardstick in zip(times, first))
        rows.append((name, statistics.median(times), ratio))
    if form == "json":
        names = ("way", "ns_per_lead", "times_hand_written")
        print(json.dumps({"leads": leads, "timings": [dict(zip(names, row)) for row in rows]}, indent=2))
        return
    bar, end = ("| ", " |") if form == "markdown" else ("", "")
    title = f"columns, {leads:,} leads"
    print(f"{bar}{title:<26} {bar}{'a lead':>10} {bar}{'leads a CPU second':>18} {bar}{'hand-written':>15}{end}")
    if form == "markdown":
        print("| --- | ---: | ---: | ---: |")
    for name, nanoseconds, ratio in rows:
        rate = f"{1e6 / nanoseconds:,.0f} k"
        print(f"{bar}{name:<26} {bar}{nanoseconds / 1000:>7.2f} us {bar}{rate:>18} {bar}{ratio:>14.2f}x{end}")


if __name__ == "__main__":
    main()
