#!/usr/bin/env python3
"""Checks what wirewalk says of captures whose truth is known.

    cases.py WIREWALK DIR...        runs each NAME.pcap[ng] in DIR that has a NAME.expect.json beside it
    cases.py WIREWALK DIR... -l     tells for each kind of case how many hold, as well

Prints `FAIL name: why` for each check that fails, then `N of M cases hold (K checks)`; exits 1 if any fails.
The keys of an expectation are explained in ../cases/README.md. Standard library only.
"""
import collections, json, pathlib, re, subprocess, sys

RANK = {"info": 0, "warning": 1, "error": 2}
ABOUT = ("title", "right", "kind", "guard", "args", "connections")


def run(wirewalk, path, *args):
    done = subprocess.run([wirewalk, "explain", str(path), *args], capture_output=True, timeout=60)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def one_line(text):
    return re.sub(r"\s+", " ", text)


def listed(value):
    return value if isinstance(value, list) else [value]


def is_within(wanted, got):
    """Subset match; a list stands for any of its members."""
    if isinstance(wanted, dict):
        return isinstance(got, dict) and all(is_within(value, got.get(key)) for key, value in wanted.items())
    return any(is_within(one, got) for one in wanted) if isinstance(wanted, list) else wanted == got


class Case:
    def __init__(self, wirewalk, path, expect):
        self.wirewalk, self.path, self.expect, self.args = wirewalk, path, expect, expect.get("args", [])
        self.checks, self.faults, self.texts, self.where = 0, [], {}, ""
        code, out = run(wirewalk, path, "--json", *self.args)
        self.document = json.loads(out) if out.strip() else {"file": {"notes": []}, "connections": []}
        self.check(code in (0, 2) and out.strip(), f"--json exits {code}")

    def check(self, holds, why):
        self.checks += 1
        if not holds:
            self.faults.append(self.where + why)

    def text(self, index, view="text"):
        """A view as one long line, of one connection or (None) of the whole file."""
        if (index, view) not in self.texts:
            which = [] if index is None else [f"--stream={self.document['connections'][index]['stream']}"]
            which += [] if view == "text" else [f"--{view}"]
            self.texts[index, view] = one_line(run(self.wirewalk, self.path, "--lang=en", *which, *self.args)[1])
        return self.texts[index, view]

    def run(self):
        self.scope(None, self.expect)
        for index, expect in self.expect.get("connections", {}).items():
            self.where = f"connection {index}: "
            if -len(self.document["connections"]) <= int(index) < len(self.document["connections"]):
                self.scope(int(index), expect)
            else:
                self.check(False, "there is none")
        return self.faults

    def scope(self, index, expect):
        """The whole file (None: what is asked of a connection is asked of the first with frames, else the first), or one."""
        connections = self.document["connections"]
        if index is None:
            findings = [f for c in connections for f in c["findings"]] + self.document["file"]["notes"]
            connection = next((c for c in connections if c["frames"]), connections[0] if connections else {})
        else:
            findings, connection = connections[index]["findings"], connections[index]
        scope = Scope(self, index, connection, findings)
        for key in [key for key in expect if key not in ABOUT]:
            getattr(scope, key)(expect[key])


class Scope:
    """One method for each key of an expectation."""

    def __init__(self, case, index, connection, findings):
        self.case, self.index, self.connection, self.findings = case, index, connection, findings
        self.ids, self.check = [finding["id"] for finding in findings], case.check

    def of(self, id):
        return [finding for finding in self.findings if finding["id"] == id]

    def must(self, ids):
        for one in ids:
            self.check(set(listed(one)) & set(self.ids), f"{' or '.join(listed(one))} is missing; found: {' '.join(self.ids) or 'nothing'}")

    def must_not(self, ids):
        for id in ids:
            self.check(not self.of(id), f"{id} is wrong: {self.said(id)[:1]}")

    def severity_max(self, wanted):
        for id, most in wanted.items():
            self.check(all(RANK[f["severity"]] <= RANK[most] for f in self.of(id)), f"{id} is graver than {most}")

    def must_at(self, wanted):
        for id, packets in wanted.items():
            got = [f["packets"] for f in self.of(id)]
            self.check(any(set(packets) <= set(one) for one in got), f"{id} does not name packets {packets}: {got}")

    def blames(self, wanted):
        for id, who in wanted.items():
            got = [f["at_fault"] or "none" for f in self.of(id)]
            self.check(set(got) <= set(who.split("|")), f"{id} blames {got}, not {who}")

    def certainty(self, wanted, meant=True):
        for id, words in wanted.items():
            got = [(finding["inference"] or "").split(":")[0] for finding in self.of(id)]
            self.check(bool(set(got) & set(listed(words))) == meant, f"{id} must {'' if meant else 'not '}be {words}: {got}")

    def certainty_not(self, wanted):
        self.certainty(wanted, meant=False)

    def said(self, id):
        return [one_line(" | ".join(f[part] or "" for part in ("fact", "inference", "confirm"))) for f in self.of(id)]

    def says(self, wanted, meant=True):
        for id, pattern in wanted.items():
            got = any(re.search(pattern, one, re.I) for one in self.said(id))
            self.check(got == meant, f"{id} must {'' if meant else 'not '}say /{pattern}/: {self.said(id)}")

    def says_not(self, wanted):
        self.says(wanted, meant=False)

    def named(self):
        """The findings that verdicts name: what stands between 'Verdict:' and the next heading."""
        verdicts = self.case.text(self.index).split("Verdict: ")[1:]
        return re.findall(r"\b[A-Z]\d\d\b", " ".join(re.split(r" (?:Findings|Words|Connection \d+) ", one)[0] for one in verdicts))

    def verdict_cause(self, ids):
        wanted = "none, as no cause is known" if ids is None else " or ".join(ids)
        self.check(not self.named() if ids is None else set(self.named()) & set(ids), f"the verdict names {self.named() or 'no cause'}, not {wanted}")

    def verdict_not(self, ids):
        for id in ids:
            self.check(id not in self.named(), f"the verdict names {id}")

    def words(self, patterns):
        self.views({"text": patterns})

    def not_words(self, patterns):
        for pattern in patterns:
            found = re.search(pattern, self.case.text(self.index), re.I)
            self.check(not found, f"the text must not say: {found and found.group(0)!r}")

    def views(self, wanted):
        for view, patterns in wanted.items():
            for pattern in patterns:
                self.check(re.search(pattern, self.case.text(self.index, view), re.I), f"{view} lacks /{pattern}/")

    def close(self, wanted):
        got = self.connection.get("close")
        self.check(is_within(wanted, got), f"close is {json.dumps(got)}, not {json.dumps(wanted)}")

    def frames(self, wanted):
        got = [[f["from"], f["opcode"], f["length"]] for f in self.connection.get("frames", [])]
        if isinstance(wanted, dict):
            got = {side: sum(f[0] == side for f in got) for side in wanted}
        self.check(got == wanted, f"frames: {got}, not {wanted}")

    def messages(self, wanted):
        got = [[m["from"], m["kind"], m["length"], m["preview"] or ""] for m in self.connection.get("messages", [])]
        same = len(got) == len(wanted) and all(g[:3] == w[:3] and g[3].startswith(w[3]) for g, w in zip(got, wanted))
        self.check(same, f"messages are {got}, not {wanted}")

    def states_at(self, wanted):
        for number, states in wanted.items():
            packet = next((p for p in self.connection.get("packets", []) if p["number"] == int(number)), {})
            self.check(is_within(states, packet), f"after packet {number}: {packet.get('tcp')} {packet.get('ws')}, not {states}")

    def states(self, wanted):
        self.states_at({packet["number"]: wanted for packet in self.connection.get("packets", [])[-1:]})

    def transitions_not(self, wanted):
        for one in wanted:
            got = [t for t in self.connection.get("transitions", []) if is_within(one, t)]
            self.check(not got, f"wrong transition {got[:1]}")

    def connections_count(self, wanted):
        got = len(self.case.document["connections"])
        self.check(got == wanted, f"{got} connections, not {wanted}")

    def client(self, wanted):
        got = "{address}:{port}".format(**self.connection.get("client", {"address": None, "port": None}))
        self.check(got == wanted, f"the client is {got}, not {wanted}")

    def exit(self, wanted):
        got = run(self.case.wirewalk, self.case.path, "--fail-on", "error", *self.case.args)[0]
        self.check(got == wanted, f"--fail-on error exits {got}, not {wanted}")


def main():
    wirewalk, *folders = [argument for argument in sys.argv[1:] if argument != "-l"]
    hold, checks, kinds = 0, 0, collections.defaultdict(list)
    paths = sorted(path for folder in folders for path in pathlib.Path(folder).glob("*.expect.json"))
    for path in paths:
        name, expect = path.name.removesuffix(".expect.json"), json.loads(path.read_text())
        capture = next(c for c in (path.with_name(name + ".pcap"), path.with_name(name + ".pcapng")) if c.exists())
        try:
            case = Case(wirewalk, capture, expect)
            faults, checks = case.run(), checks + case.checks
        except (subprocess.TimeoutExpired, json.JSONDecodeError) as error:
            faults, checks = [f"explain failed: {error!r}"], checks + 1
        hold += not faults
        kinds[expect["kind"]].append((name, not faults, expect.get("guard", False)))
        for why in faults:
            print(f"FAIL {name}: {why}")
    for kind, cases in sorted(kinds.items()) if "-l" in sys.argv else ():
        failing = [name + " (guard)" * guard for name, holds, guard in cases if not holds]
        print(f"{kind}: {len(cases) - len(failing)} of {len(cases)} hold; fail: {' '.join(failing) or 'none'}")
    print(f"{hold} of {len(paths)} cases hold ({checks} checks)")
    sys.exit(hold != len(paths))


main()
