import type { StageTimes } from "@linija/server/contract/reports/reports";
import { useMemo } from "react";
import { useT } from "../../i18n/intl.tsx";
import type { Written } from "../processes/document.ts";
import { curve, directionFor, graphOf } from "../processes/graph.ts";
import { linesOf } from "./lines.ts";
import { useDuration } from "./durations.ts";
import type { Asked } from "./Stays.tsx";
import css from "./reports.module.css";

/** Signs in a line of a stage's box, as its letters become smaller, and of a way's. */
const SIGNS = { one: 20, two: 23, way: 26 };
/** A way has its name over its figures: it is higher than in the editor's picture, by what there is between two of them. */
const TALLER = 8;
/** What a desk usually has room for; a larger map is drawn smaller. */
const WINDOW = { width: 1_100, height: 760 };
const idOf = (way: StageTimes["ways"][number]): string => [way.from, way.transition, way.to].join("|");

/** Only what was really taken: the declaration may allow ways that nobody goes, and old versions had others. */
function takenOf({ stages, ways, start }: StageTimes): Written {
  const seen = new Set(ways.flatMap(({ from, to }) => [from, to]));
  return {
    start: seen.has(start) ? start : ways[0]?.from ?? start,
    stages: Object.fromEntries(stages.filter(({ stage }) => seen.has(stage)).map(({ stage, final }) => [stage, { final }])),
    transitions: Object.fromEntries(ways.map((way) => [idOf(way), { from: [way.from], to: way.to, who: ["operator"] as const }])) as unknown as Written["transitions"],
    clocks: { timers: {}, escalations: [] },
  };
}

/** The paths tickets took: how many and how long they had been where each begins. The same numbers stand in the table below. */
export function StageMap({ times, open }: { times: StageTimes; open: (asked: Asked) => void }) {
  const t = useT();
  const duration = useDuration();
  const graph = useMemo(() => { const taken = takenOf(times); return graphOf(taken, directionFor(taken, WINDOW)); }, [times]);
  const most = Math.max(...times.ways.map(({ count }) => count), 1);
  const wayOf = (key: string) => times.ways.find((way) => idOf(way) === key)!;
  const stageOf = (key: string) => times.stages.find(({ stage }) => stage === key)!;
  return (
    <div className={css.map} tabIndex={0} role="region" aria-label={t("times.map")}>
      <svg viewBox={`0 0 ${graph.width} ${graph.height}`} width={graph.width} height={graph.height} aria-hidden>
        <defs><marker id="times-end" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="11" markerHeight="11" orient="auto"><path d="M0 0 8 4 0 8z" className={css.head} /></marker></defs>
        {graph.lines.map(({ id, way, to, points }) => <path key={id} d={curve(points, graph.direction)} className={css.line} strokeWidth={1 + 5 * (wayOf(way).count / most)} markerEnd={to.startsWith("way:") ? undefined : "url(#times-end)"} />)}
        {graph.nodes.map(({ key, x, y, width, height }) => {
          const stage = stageOf(key);
          return (
            <g key={key} className={css.stage} data-longest={stage.longest || undefined} data-final={stage.final || undefined} onClick={() => open({ stage: key, title: stage.name })}>
              <title>{stage.name}</title><rect x={x} y={y} width={width} height={height} rx={6} /><Name name={stage.name} x={x + 10} y={y} />
              <text x={x + 10} y={y + height - FOOT}>{stage.meanS === null ? "" : `⌀ ${duration(stage.meanS)}`}</text><text x={x + width - 10} y={y + height - FOOT} textAnchor="end">{stage.here > 0 ? `${t("times.here")}: ${stage.here}` : ""}</text>
            </g>
          );
        })}
        {graph.ways.map(({ key, x, y, width, height }) => {
          const way = wayOf(key);
          return (
            <g key={key} className={css.way} onClick={() => open(askedOf(way, times))}>
              <title>{`${way.name} · ${way.count} · ${duration(way.meanS)}`}</title>
              <rect x={x} y={y - TALLER} width={width} height={height + 2 * TALLER} rx={8} />
              <text x={x + width / 2} y={y + 7} textAnchor="middle">{linesOf(way.name, SIGNS.way, 1)[0]}</text><text x={x + width / 2} y={y + 22} textAnchor="middle" className={css.count}>{way.count} · {duration(way.meanS)}</text>
            </g>
          );
        })}
      </svg>
    </div>
  );
}

/** From the lower edge of a stage's box. */
const FOOT = 9;

/** Of a stage: in one line, or smaller in two. */
function Name({ name, x, y }: { name: string; x: number; y: number }) {
  if (name.length <= SIGNS.one) return <text x={x} y={y + 25} className={css.name}>{name}</text>;
  return <text className={css.name} data-long>{linesOf(name, SIGNS.two).map((line, index, { length }) => <tspan key={index} x={x} y={y + (length === 1 ? 25 : 18) + 14 * index}>{line}</tspan>)}</text>;
}

export const askedOf = (way: StageTimes["ways"][number], { stages }: StageTimes): Asked => {
  const name = (key: string): string => stages.find(({ stage }) => stage === key)?.name ?? key;
  return { stage: way.from, transition: way.transition, next: way.to, title: `${way.name}: ${name(way.from)} → ${name(way.to)}` };
};
