"""A job type that adds up a column of a CSV file. Speaks the protocol of plugins: one JSON object a line."""

import csv
import json
import sys


def say(kind, **fields):
    print(json.dumps({"kind": kind, **fields}), flush=True)


def fail(message, category="script_error", retryable=False):
    say("fail", message=message, category=category, retryable=retryable)


def totals(config):
    sums, rows = {}, 0
    with open(config["file"], newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file, delimiter=config["delimiter"])
        for name in (config["column"], config.get("by")):
            if name and name not in (reader.fieldnames or []):
                return fail(f"{config['file']} has no column {name}.", "config_error")
        for row in reader:
            rows += 1
            text = row[config["column"]]
            try:
                number = float(text)
            except (TypeError, ValueError):
                if config["checks"]["strict"]:
                    return fail(f"Row {rows}: {text!r} is no number.")
                say("log", level="warn", message=f"row {rows} left out: {text!r} is no number")
                continue
            group = row[config["by"]] if config.get("by") else "all"
            group = config.get("rename", {}).get(group, group)
            sums[group] = sums.get(group, 0) + number
            if rows % 1000 == 0:
                say("progress", fraction=None, message=f"{rows} rows")
    if rows < config["checks"]["least_rows"]:
        return fail(f"{rows} rows are fewer than {config['checks']['least_rows']}.")
    say("log", message=f"{rows} rows read")
    say("result", result={"rows": rows, "totals": sums}, summary=f"{rows} rows, {len(sums)} groups")


def main():
    hello, execute = (json.loads(sys.stdin.readline()) for _ in range(2))
    say("hello", protocol=1)
    if hello["protocol"] != 1:
        return fail(f"This plugin speaks protocol 1, not {hello['protocol']}.", "config_error")
    try:
        totals(execute["config"])
    except OSError as error:
        fail(f"{error.filename} cannot be read: {error.strerror}.", "config_error")


main()
