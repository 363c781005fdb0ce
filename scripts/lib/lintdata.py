# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks data files and the documents' links, for scripts/lint.

With --database FOLDER SOURCE...: prints those sources that the compilation database of the build folder knows, and on
descriptor 3 the descriptions with which `cmake -E cmake_autogen` writes what moc makes for them.
"""
import json
import os
import re
import subprocess
import sys
import xml.dom.minidom


def database(folder, sources):
    root = os.getcwd()
    with open(os.path.join(folder, "compile_commands.json")) as file:
        commands = {os.path.relpath(c["file"], root): c["command"] for c in json.load(file)}
    descriptions = set()
    for source in sources:
        if source not in commands:
            continue
        print(source)
        match = re.search(r"-o (\S*CMakeFiles/[^/]+)\.dir/", commands[source])
        if match and '.moc"' in open(source, encoding="utf-8").read():
            descriptions.add(os.path.join(folder, match.group(1) + "_autogen.dir", "AutogenInfo.json"))
    with os.fdopen(3, "w") as out:
        out.write("".join(path + "\n" for path in sorted(descriptions)))


def files(*patterns):
    out = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", *patterns],
                         check=True, stdout=subprocess.PIPE)
    return [name for name in out.stdout.decode().split("\0") if name and os.path.exists(name)]


def anchors(path):
    """The anchors that GitHub gives to a document's headings."""
    found = set()
    fenced = False
    for line in open(path, encoding="utf-8"):
        if line.startswith("```"):
            fenced = not fenced
        if not fenced and line.startswith("#"):
            text = re.sub(r"[`*]|\[([^]]*)\]\([^)]*\)", r"\1", line.lstrip("#").strip()).lower()
            found.add(re.sub(r"[^\w\- ]", "", text).replace(" ", "-"))
    return found


def links(path):
    """What is wrong with the links of a document to files and headings of the repository."""
    text = re.sub(r"```.*?```", "", open(path, encoding="utf-8").read(), flags=re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = os.path.normpath(os.path.join(os.path.dirname(path), name)) if name else path
        if not os.path.exists(file):
            yield f"{path}: no such file: {target}"
        elif anchor and file.endswith(".md") and anchor not in anchors(file):
            yield f"{path}: no such heading: {target}"


def main():
    findings = []

    def parsed(names, parse):
        for name in names:
            try:
                with open(name, encoding="utf-8") as file:
                    parse(file)
            except Exception as error:   # whatever a parser throws is a finding
                findings.append(f"{name}: {error}")

    parsed(files("*.json"), json.load)
    parsed(files("*.xml", "*.svg", "*.ts"), xml.dom.minidom.parse)
    try:
        import yaml
    except ImportError:
        print("   YAML is left out: python3-yaml is not installed")
    else:
        parsed(files("*.yaml", "*.yml"), lambda file: list(yaml.safe_load_all(file)))
    for name in files("*.md"):
        findings.extend(links(name))
    for finding in findings:
        print(finding, file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--database"]:
        database(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(main())
