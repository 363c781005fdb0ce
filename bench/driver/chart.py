# SPDX-License-Identifier: GPL-3.0-or-later
"""A chart of single appends: throughput by system for each cell, as SVG."""

COLOURS = {"replog": "#1f77b4", "postgres": "#7f7f7f", "redis": "#d62728", "etcd": "#2ca02c"}
BAR, GAP, HEIGHT, LEFT, TOP = 16, 22, 190, 70, 34


def draw(result):
    names = list(result["systems"])
    panels = sorted({cell["w"] for cell in result["cells"]})
    group = BAR * len(names) + GAP
    columns = max(sum(cell["w"] == w for cell in result["cells"]) for w in panels)
    width = LEFT + group * columns + 30
    out = []
    for number, w in enumerate(panels):
        cells = [cell for cell in result["cells"] if cell["w"] == w]
        base = TOP + number * (HEIGHT + 70) + HEIGHT
        most = max(got["rate"] for cell in cells for got in cell["results"].values())
        out.append(f'<text x="{LEFT}" y="{base - HEIGHT - 10}" font-weight="bold">w={w}: appends/s</text>')
        for share in (0, 0.5, 1):
            y = base - HEIGHT * share
            out.append(f'<line x1="{LEFT}" x2="{width - 10}" y1="{y}" y2="{y}" stroke="#ccc"/>')
            out.append(f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{most * share:,.0f}</text>')
        for column, cell in enumerate(cells):
            left = LEFT + GAP / 2 + column * group
            for i, name in enumerate(names):
                got = cell["results"].get(name)
                if got is None:
                    continue
                high = HEIGHT * got["rate"] / most
                out.append(f'<rect x="{left + i * BAR:.1f}" y="{base - high:.1f}" width="{BAR - 2}" height="{high:.1f}" '
                           f'fill="{COLOURS.get(name, "#999")}"><title>{name}: {got["rate"]:,.0f}/s, p50 {got["p50_us"]:.0f} µs'
                           f'</title></rect>')
            out.append(f'<text x="{left + BAR * len(names) / 2:.1f}" y="{base + 16}" text-anchor="middle">'
                       f'{cell["connections"]} conn.</text>')
    bottom = TOP + len(panels) * (HEIGHT + 70) - 20
    for i, name in enumerate(names):
        x = LEFT + i * 95
        out.append(f'<rect x="{x}" y="{bottom - 10}" width="12" height="12" fill="{COLOURS.get(name, "#999")}"/>'
                   f'<text x="{x + 17}" y="{bottom}">{name}</text>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{bottom + 16}" font-family="sans-serif" '
            f'font-size="12"><rect width="100%" height="100%" fill="white"/>' + "\n".join(out) + "</svg>\n")
