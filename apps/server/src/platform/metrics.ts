import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** One registry a process; features add their own figures with `gauge`, `counter`, `histogram`. */
export const registry = new Registry();
export const startDefaultMetrics = (): void => { if (!registry.getSingleMetric("process_cpu_user_seconds_total")) collectDefaultMetrics({ register: registry }); };

export const counter = <L extends string>(name: string, help: string, labelNames: L[] = []) => new Counter({ name: `linija_${name}`, help, labelNames, registers: [registry] });
export const gauge = <L extends string>(name: string, help: string, labelNames: L[] = []) => new Gauge({ name: `linija_${name}`, help, labelNames, registers: [registry] });
/** A figure that is read when it is asked for, with the help of all the others; NaN when it cannot be read now. */
export const measured = (name: string, help: string, read: () => Promise<number>): void => {
  registry.removeSingleMetric(`linija_${name}`);
  new Gauge({ name: `linija_${name}`, help, registers: [registry], async collect() { this.set(await read().catch(() => Number.NaN)); } });
};
export const histogram = <L extends string>(name: string, help: string, labelNames: L[], buckets: number[]) =>
  new Histogram({ name: `linija_${name}`, help, labelNames, buckets, registers: [registry] });

const http = histogram("http_seconds", "Time to answer an HTTP request", ["method", "route", "status"], [0.002, 0.005, 0.01, 0.03, 0.1, 0.3, 1, 3]);
export const observeHttp = (method: string, route: string, status: number, ms: number): void => http.observe({ method, route, status: String(status) }, ms / 1000);
