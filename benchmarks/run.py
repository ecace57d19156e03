"""How long deliv takes, beside what anybody would write first. Ratios of runs in turn, in one go.

    python benchmarks/run.py [ROWS]

needs nothing but an installed deliv with its test extra. Everything stays on this computer: the
DNS is a small server on 127.0.0.1, which costs as much as its clients, so that the figures for
questions are a lower bound.
"""

import csv
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.nameserver import CANARIES, Nameserver

ROUNDS = 5
COMMON = ["gmail.com"] * 5 + ["yahoo.co.jp"] * 3 + ["docomo.ne.jp"] * 2
COPY = """
import csv, sys
source = open(sys.argv[1], encoding="cp932", newline="")
with source, open(sys.argv[2], "w", encoding="cp932", newline="") as copy:
    csv.writer(copy).writerows(csv.reader(source))
"""
THREADS = """
import sys, dns.resolver
from concurrent.futures import ThreadPoolExecutor
host, _, port = sys.argv[1].partition(":")
resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers, resolver.port = [host], int(port)
def ask(name):
    try:
        return [str(record) for record in resolver.resolve(name, "MX", search=False)]
    except dns.exception.DNSException as error:
        return type(error).__name__
with ThreadPoolExecutor(32) as pool:
    print(len(list(pool.map(ask, open(sys.argv[2]).read().split()))))
"""
GATHER = """
import asyncio, sys, deliv
async def main():
    facts = await deliv.gather_facts(
        open(sys.argv[2]).read().split(), deliv.DnsResolver(nameservers=[sys.argv[1]]), deliv.load_rules()
    )
    print(len(facts))
asyncio.run(main())
"""


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder, Nameserver(CANARIES | _zone(2_000)) as server:
        here = Path(folder)
        _write_list(here / "list.csv", rows)
        (here / "domains.txt").write_text("\n".join(f"d{i}.example" for i in range(2_000)))
        python, deliv = [sys.executable], [sys.executable, "-m", "deliv"]
        check = [*deliv, "check", "list.csv", "-q", "--fail-on", "never", "--nameserver", server.address]
        _compare("start: --version", [*deliv, "--version"], [*python, "-c", "pass"], here)
        _compare("start: --help", [*deliv, "--help"], [*python, "-c", "pass"], here)
        lookup = [*deliv, "lookup", "taro@docomo.ne.jp", "--nameserver", server.address]
        _compare("one look-up", lookup, [*python, "-c", "pass"], here)
        copy = [*python, "-c", COPY, "list.csv", "copy.csv"]
        _compare(f"{rows:,} rows to CSV / csv module copying them", [*check, "-o", "out.csv"], copy, here)
        threads = [*python, "-c", THREADS, server.address, "domains.txt"]
        gather = [*python, "-c", GATHER, server.address, "domains.txt"]
        _compare("2,000 domains / dns.resolver in 32 threads, MX only", gather, threads, here)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"largest process: {peak:.0f} MiB")


def _zone(count: int) -> dict[str, dict[str, list[str]]]:
    names = {f"d{i}.example": {"MX": [f"10 mx{i % 50}.host.example."]} for i in range(count)}
    return names | {f"mx{i}.host.example": {"A": ["192.0.2.1"]} for i in range(50)}


def _write_list(path: Path, rows: int) -> None:
    chance = random.Random(1)  # the same list every time
    with path.open("w", encoding="cp932", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["注文番号", "氏名", "メールアドレス", "電話番号", "備考"])
        for number in range(rows):
            rare = chance.random() < 0.1
            domain = f"d{chance.randrange(2_000)}.example" if rare else chance.choice(COMMON)
            writer.writerow([number, "見本 太郎", f"user{number}@{domain}", "090-0000-0000", "のし希望"])


def _compare(title: str, ours: list[str], theirs: list[str], folder: Path) -> None:
    pairs = [(_seconds(ours, folder), _seconds(theirs, folder)) for _ in range(ROUNDS)]
    ratios = sorted(first / second for first, second in pairs)
    first, second = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(ratios)
    print(f"{title}: {first:.3f} s / {second:.3f} s = {ratio:.2f} [{ratios[0]:.2f}-{ratios[-1]:.2f}]")


def _seconds(command: list[str], folder: Path) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, env=_environment())
    return time.perf_counter() - start


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}


if __name__ == "__main__":
    main()
