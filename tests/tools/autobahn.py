#!/usr/bin/env python3
"""Autobahn TestSuite cases (through the PyPI package kosoku 0.1.0) as a pass/fail command.

  autobahn.py server ws://127.0.0.1:PORT/echo [opts]      tests a server under test
  autobahn.py client [opts] -- CMD [ARG..]                tests a client under test
  autobahn.py list                                        prints the case ids

'{url}', '{host}', '{port}' in CMD are replaced by the fuzzing server's address
(ws://127.0.0.1:PORT); without any of them the url is appended as last argument.
The client must do, over that url: GET /getCaseCount -> one text message with N;
for i in 1..N: /runCase?case=i&agent=NAME, echoing every text/binary message until closed;
then /updateReports?agent=NAME, and exit.

Options: -i GLOB / -x GLOB (repeatable) select cases, -p N parallel cases (server mode),
--allow-non-strict, --timeout S for the whole run, --json FILE, --report DIR (Autobahn's
HTML/JSON report).
A case passes when behavior and behaviorClose are OK or INFORMATIONAL (7.1.6, 7.13.1 and
7.13.2 can never be better than INFORMATIONAL). NON-STRICT, UNIMPLEMENTED, FAILED, ERROR,
UNCLEAN, WRONG CODE, FAILED BY CLIENT do not pass; neither does a case that never ran.
Exit: 0 all pass, 1 some do not, 2 could not run. Last line printed: the figure.
"""
import argparse, asyncio, json, os, subprocess, sys, time
from collections import Counter, defaultdict
from pathlib import Path

KOSOKU = "kosoku==0.1.0"
try:
    import kosoku
except ImportError:
    # own virtual environment, made once
    home = Path(os.environ.get("WIREWALK_TOOLS", os.path.expanduser("~/.cache/wirewalk-tools"))) / "kosoku"
    py = home / "bin/python"
    if os.environ.get("AUTOBAHN_REEXEC"):
        sys.exit("autobahn.py: kosoku cannot be imported even in " + str(home))
    if not py.exists():
        home.parent.mkdir(parents=True, exist_ok=True)
        r = subprocess.run([sys.executable, "-m", "venv", str(home)]).returncode or \
            subprocess.run([str(py), "-m", "pip", "install", "-q", KOSOKU]).returncode
        if r:
            print("autobahn.py: could not install", KOSOKU); sys.exit(2)
    os.environ["AUTOBAHN_REEXEC"] = "1"
    os.execv(str(py), [str(py), os.path.abspath(__file__), *sys.argv[1:]])


def key(cid):
    return [int(p) for p in cid.split(".")]


def summary(res, a, took, missing=()):
    per = defaultdict(Counter)
    bad = []
    ok = {"OK", "INFORMATIONAL"} | ({"NON-STRICT"} if a.allow_non_strict else set())
    for r in sorted(res, key=lambda r: key(r.case_id)):
        b, c = r.behavior.value, r.behavior_close.value
        per[int(r.case_id.split(".")[0])][b] += 1
        if c not in ("OK", "INFORMATIONAL"):
            per[int(r.case_id.split(".")[0])]["close:" + c] += 1
        if b not in ok or c not in ("OK", "INFORMATIONAL"):
            bad.append((r.case_id, b, c, r.remote_close_code, (r.result or "")[:80], (r.result_close or "")[:80]))
    for cid in missing:
        per[int(cid.split(".")[0])]["NOT RUN"] += 1
        bad.append((cid, "NOT RUN", "-", None, "", ""))
    bad.sort(key=lambda b: key(b[0]))
    cols = ["OK", "NON-STRICT", "INFORMATIONAL", "UNIMPLEMENTED", "FAILED", "ERROR"]
    cols += sorted({k for c in per.values() for k in c} - set(cols))
    print("section " + " ".join(f"{c:>13}" for c in cols))
    tot = Counter()
    for s in sorted(per):
        tot.update(per[s])
        print(f"{s:>7} " + " ".join(f"{per[s][c] or '.':>13}" for c in cols))
    print(f"{'all':>7} " + " ".join(f"{tot[c] or '.':>13}" for c in cols))
    lines, i = [], 0
    while i < len(bad):
        j = i
        while j + 1 < len(bad) and bad[j + 1][1:3] == bad[i][1:3] and bad[j + 1][0].split(".")[0] == bad[i][0].split(".")[0]:
            j += 1
        b = bad[i]
        ids = b[0] if i == j else f"{b[0]} .. {bad[j][0]} ({j - i + 1} cases)"
        lines.append(f"not ok: {ids:<9} {b[1]} / close {b[2]} (code {b[3]}) {b[4]} {b[5]}")
        i = j + 1
    print("\n".join(lines[: a.show] + ([f"... and {len(lines) - a.show} more lines"] if len(lines) > a.show else [])))
    if a.json:
        Path(a.json).write_text(json.dumps({"seconds": took, "total": dict(tot), "sections": {k: dict(v) for k, v in per.items()},
            "cases": {r.case_id: [r.behavior.value, r.behavior_close.value, r.remote_close_code, r.duration] for r in res}}, indent=1))
    if a.report and res:
        from kosoku._report import write_reports
        write_reports(list(res), a.report)
    n = len(res) + len(missing)
    print(f"{n - len(bad)} of {n} Autobahn cases pass, {len(bad)} do not, {took:.0f} s")
    return 0 if n and not bad else 1


def selected(a):
    from fnmatch import fnmatchcase
    ids = all_ids()
    inc = [i for i in ids if not a.include or any(fnmatchcase(i, g) for g in a.include)]
    return [i for i in inc if not any(fnmatchcase(i, g) for g in a.exclude or [])]


def all_ids():
    from kosoku import _caseindex as ci
    ci.initialize_shims()
    d = Path(kosoku.__file__).parent / "cases"
    gens, static = [], []
    import re
    for f in sorted(d.glob("case*.py")):
        if f.stem == "case":
            continue
        (gens if re.search(r"x_x$|\d_x$|_X", f.stem) else static).append(f.stem)
    ids, seen = [], set()
    import importlib
    for m in static + gens:
        mod = importlib.import_module(m)
        for name in dir(mod):
            v = getattr(mod, name)
            for cls in (v if isinstance(v, list) else [v]):
                n = getattr(cls, "__name__", "")
                if isinstance(cls, type) and re.fullmatch(r"Case\d+(_\d+)+", n) and n not in seen:
                    seen.add(n)
                    ids.append(n[4:].replace("_", "."))
    return sorted(ids, key=key)


async def server(a):
    t = time.time()
    try:
        res = await asyncio.wait_for(kosoku.run_fuzzingclient(a.url, a.include, a.exclude, concurrency=a.parallel), a.timeout)
    except kosoku.FailureError as e:
        res = e.results
        if not res:
            print("kosoku:", e); return 2
    except asyncio.TimeoutError:
        print(f"no end within {a.timeout} s"); return 2
    have = {r.case_id for r in res}
    return summary(res, a, time.time() - t, [i for i in selected(a) if i not in have])


async def client(a):
    t = time.time()
    srv = kosoku.run_fuzzingserver(a.include, a.exclude, host="127.0.0.1", port=a.port)
    async with srv as s:
        url = f"ws://{s.address}:{s.port}"
        cmd = [c.replace("{url}", url).replace("{host}", s.address).replace("{port}", str(s.port)) for c in a.cmd]
        if cmd == a.cmd:
            cmd.append(url)
        p = await asyncio.create_subprocess_exec(*cmd, stdout=None if a.verbose else subprocess.DEVNULL, stderr=None if a.verbose else subprocess.DEVNULL)
        try:
            await asyncio.wait_for(p.wait(), a.timeout)
        except asyncio.TimeoutError:
            p.kill(); await p.wait()
            print(f"the client did not end within {a.timeout} s")
        try:
            res = await asyncio.wait_for(s.get_result(), 20)
        except kosoku.FailureError as e:
            res = e.results
        except asyncio.TimeoutError:
            res = []
            print("the client ended without finishing the run (no /updateReports)")
    if p.returncode:
        print("client exit status", p.returncode)
    have = {r.case_id for r in res}
    return summary(res, a, time.time() - t, [i for i in selected(a) if i not in have])


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sub = ap.add_subparsers(dest="mode", required=True)
    for m in ("server", "client", "list"):
        p = sub.add_parser(m)
        p.add_argument("-i", "--include", action="append")
        p.add_argument("-x", "--exclude", action="append")
        p.add_argument("--timeout", type=float, default=1500)
        p.add_argument("--json"); p.add_argument("--report")
        p.add_argument("--show", type=int, default=30)
        p.add_argument("--allow-non-strict", action="store_true")
        if m == "server":
            p.add_argument("url"); p.add_argument("-p", "--parallel", type=int, default=2)
        if m == "client":
            p.add_argument("--port", type=int, default=0); p.add_argument("-v", "--verbose", action="store_true")
            p.add_argument("cmd", nargs=argparse.REMAINDER)
    a = ap.parse_args()
    if a.mode == "list":
        ids = selected(a); print("\n".join(ids)); print(len(ids), "cases"); return 0
    if a.mode == "client":
        if a.cmd[:1] == ["--"]:
            a.cmd = a.cmd[1:]
        if not a.cmd:
            print("no client command"); return 2
    return asyncio.run(server(a) if a.mode == "server" else client(a))


if __name__ == "__main__":
    sys.exit(main())
