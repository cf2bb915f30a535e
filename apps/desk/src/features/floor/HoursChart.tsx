import "uplot/dist/uPlot.min.css";
import type { Floor } from "@linija/server/contract/floor/floor";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { useT } from "../../i18n/intl.tsx";
import { useSettings } from "../../shared/settings.ts";
import css from "./floor.module.css";

type Hours = Floor["day"]["callsByHour"];

/** Calls by the hour: all that came, and within them those answered. The last values are printed, no legend box. */
export function HoursChart({ hours, height = 150 }: { hours: Hours; height?: number }) {
  const t = useT();
  const { scheme } = useSettings();
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const offered = hours.reduce((sum, hour) => sum + hour.offered, 0);
  const answered = hours.reduce((sum, hour) => sum + hour.answered, 0);
  const label = t("floor.hoursSummary", { offered, answered });
  useEffect(() => {
    const box = place.current;
    if (!box) return;
    const made = new uPlot(optionsOf(box, height), dataOf([]), box);
    chart.current = made;
    const watcher = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height }));
    watcher.observe(box);
    return () => { watcher.disconnect(); made.destroy(); chart.current = null; };
  }, [scheme, height]);
  useEffect(() => { chart.current?.setData(dataOf(hours)); }, [hours, scheme, height]);
  return <div><div ref={place} role="img" aria-label={label} className={css.chart} /><p className={css.chartNote}><i data-kind="all" />{t("floor.offeredToday", { count: offered })}<i />{t("floor.answeredToday", { count: answered })}</p></div>;
}

const dataOf = (hours: Hours): uPlot.AlignedData => [hours.map((each) => each.hour), hours.map((each) => each.offered), hours.map((each) => each.answered)];

function optionsOf(box: HTMLElement, height: number): uPlot.Options {
  const style = getComputedStyle(box);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const bars = uPlot.paths.bars?.({ size: [0.62, 40], radius: 0.15 });
  const axis = { stroke: token("--text-dim"), grid: { stroke: token("--line"), width: 1 }, ticks: { show: false }, font: "11px Inter, sans-serif" };
  return {
    width: box.clientWidth || 300, height, legend: { show: false }, cursor: { show: false }, padding: [8, 4, 0, 0],
    scales: { x: { time: false, range: (_, min, max) => [(min ?? 8) - 0.6, (max ?? 18) + 0.6] }, y: { range: (_, __, max) => [0, Math.max(4, max ?? 0)] } },
    axes: [{ ...axis, grid: { show: false }, size: 24, space: 26, incrs: [1, 2, 3, 4, 6], values: (_, hours) => hours.map((hour) => String(hour)) }, { ...axis, size: 34, incrs: [1, 2, 5, 10, 20, 50, 100] }],
    series: [{}, { fill: token("--line-strong"), stroke: token("--line-strong"), width: 0, paths: bars, points: { show: false } }, { fill: token("--accent"), stroke: token("--accent"), width: 0, paths: bars, points: { show: false } }],
  };
}
