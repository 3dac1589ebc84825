/// The look of the page and of the figure: one colour for us, one for what we lose, and grey for everybody else.
enum Style {
  /// Two hues that differ for every kind of eye, in a form for light paper and one for dark.
  private static let light = """
    --paper: #fff; --ink: #1b1d1f; --soft: #676b70; --rule: #e4e5e3; --ours: #0a6c96; --loss: #b8460e; --peer: #a9aca8;
    """
  private static let dark = """
    --paper: #121416; --ink: #e4e5e2; --soft: #989c9f; --rule: #2b2f32; --ours: #58b4df; --loss: #f0894a; --peer: #63686b;
    """

  /// Paper is light whatever the screen is.
  static let colours = """
    :root { \(light) }
    @media screen and (prefers-color-scheme: dark) { :root { \(dark) } }
    """

  static let typeface = #"system-ui, -apple-system, "Segoe UI", "Helvetica Neue", "Liberation Sans", Arial, sans-serif"#
  private static let monospace = #"ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace"#

  static let page = [colours, text, tables, bars, charts, paper].joined(separator: "\n")

  private static let text = """
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 \(typeface);
      -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
    main { max-width: 70rem; margin: 0 auto; padding: clamp(1.75rem, 6vw, 5rem) clamp(1rem, 4vw, 3rem); }
    p, li, dd { overflow-wrap: anywhere; }
    code { font: .88em \(monospace); overflow-wrap: anywhere; }
    section { margin-top: clamp(3.5rem, 8vw, 6.5rem); }
    h1 { font-size: clamp(1.9rem, 5.5vw, 3.4rem); line-height: 1.12; letter-spacing: -.022em; font-weight: 650;
      margin: 0 0 1.2rem; max-width: 18em; text-wrap: balance; }
    h2 { font-size: clamp(1.35rem, 3vw, 1.75rem); line-height: 1.2; letter-spacing: -.012em; font-weight: 620; margin: 0 0 .6rem; }
    h3 { font-size: 1.05rem; font-weight: 620; margin: 3.2rem 0 .7rem; }
    h3 code { color: var(--soft); font-weight: 400; margin-left: .4em; }
    .kicker, .origin { color: var(--soft); font-size: .9rem; margin: 0 0 1.2rem; }
    .origin { margin: 2rem 0 0; }
    .lead { max-width: 42em; margin: 0 0 1.6rem; color: var(--soft); }
    .missing { color: var(--soft); border-left: 3px solid var(--rule); padding-left: 1rem; }
    .ours { color: var(--ours); }
    .loss { color: var(--loss); }
    .losses { border-left: 3px solid var(--loss); padding: .1rem 0 .1rem 1.2rem; margin-top: 2.2rem; max-width: 46rem; }
    .losses.none { border-color: var(--rule); }
    .losses h2 { font-size: 1.05rem; margin-bottom: .4rem; color: var(--loss); }
    .losses.none h2 { color: inherit; }
    .losses p, .losses ul { margin: 0; padding: 0; list-style: none; }
    .losses li { display: grid; grid-template-columns: 1fr auto; column-gap: 1.5rem; padding: .45rem 0; }
    .losses li code { font-weight: 600; }
    .losses li span { grid-row: 2; color: var(--soft); font-size: .92rem; }
    .losses strong { color: var(--loss); font-variant-numeric: tabular-nums; grid-column: 2; }
    .method { max-width: 42em; padding-left: 1.1em; }
    .method li { margin-bottom: .5em; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.4rem; margin: 0; font-size: .93rem; }
    dt { color: var(--soft); }
    dd { margin: 0; }
    """

  private static let tables = """
    .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); gap: 2rem 2.6rem;
      align-items: start; margin-top: 1.6rem; }
    table { border-collapse: collapse; width: 100%; font-size: .875rem; font-variant-numeric: tabular-nums; }
    caption { text-align: left; padding-bottom: .35rem; }
    caption code { font-weight: 600; font-size: .95em; }
    caption small { display: block; color: var(--soft); line-height: 1.4; }
    th, td { padding: .26rem 0 .26rem .9rem; text-align: right; font-weight: 400; vertical-align: baseline;
      border-top: 1px solid var(--rule); white-space: nowrap; }
    th:first-child { padding-left: 0; text-align: left; white-space: normal; overflow-wrap: anywhere; }
    thead th { border: 0; color: var(--soft); font-size: .78rem; }
    .spread, .unit { color: var(--soft); font-size: .82em; }
    tr.ours th, tr.ours td { color: var(--ours); font-weight: 640; }
    tr.loss th, tr.loss td { color: var(--loss); }
    tr.limit th, tr.limit td { color: var(--soft); font-style: italic; }
    .scroll { overflow-x: auto; }
    @media (max-width: 30rem) { .rivals .spread { display: none; } }
    .figures { min-width: 46rem; }
    .figures th:nth-child(3), td.unit { text-align: left; }
    """

  private static let bars = """
    .row { display: grid; grid-template-columns: 16rem 17rem 1fr 4.2rem; column-gap: 1.2rem; align-items: center;
      min-height: 28px; }
    .row .rival { color: var(--soft); font-size: .85rem; line-height: 1.25; overflow-wrap: anywhere; }
    .row .work { line-height: 1.25; }
    .row .track { grid-column: 3; }
    .ratio { text-align: right; font-weight: 640; font-variant-numeric: tabular-nums; }
    .track { display: block; width: 100%; height: 40px; margin: -6px 0; overflow: visible; }
    rect.ours { fill: var(--ours); }
    rect.loss { fill: var(--loss); }
    rect.peer { fill: var(--peer); }
    .grid { stroke: var(--rule); shape-rendering: crispEdges; }
    .one { stroke: var(--soft); shape-rendering: crispEdges; }
    .whisker { stroke: var(--ink); opacity: .55; }
    .tick { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
    @media (max-width: 52rem) {
      .row { grid-template-columns: 1fr auto; }
      .row .rival { grid-row: 2; grid-column: 1 / 3; }
      .row .ratio { grid-row: 1; grid-column: 2; }
      .row .track { grid-row: 3; grid-column: 1 / 3; width: calc(100% - 2rem); margin: -6px 1rem; }
      .row:not(.scale) .track { clip-path: inset(7px -1rem); }
    }
    """

  private static let charts = """
    .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 3rem 3.5rem; }
    figure { margin: 0; min-width: 0; }
    figcaption .unit { margin-left: .7em; font-size: .9em; color: var(--soft); }
    .plot { padding: 14px 7.5rem 0 3.6rem; }
    .plot.single { padding-right: 3.6rem; }
    .plot svg { display: block; width: 100%; height: 220px; overflow: visible; }
    .across { margin: 26px 0 0; text-align: center; color: var(--soft); font-size: .82rem; }
    .curve { stroke-width: 2; stroke-linecap: round; stroke: var(--ours); }
    .range { stroke: var(--ours); }
    .dot { fill: var(--ours); }
    .name { fill: var(--ours); font-size: 12.5px; font-weight: 600; font-variant-numeric: tabular-nums; white-space: pre; }
    .shade1 { opacity: .72; }
    .shade2 { opacity: .52; }
    .shade3 { opacity: .4; }
    text.shade1, text.shade2, text.shade3 { opacity: .85; }
    """

  private static let paper = """
    @media print {
      body { font-size: 10pt; }
      * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      main { max-width: none; padding: 0; }
      .charts { grid-template-columns: 1fr 1fr; }
      .rivals .spread { display: none; }
      .row, .rivals, figure, tr { break-inside: avoid; }
      h2, h3 { break-after: avoid; }
    }
    """
}
