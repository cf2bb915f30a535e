import { Fault } from "./built.ts";
import type { Builder, Built } from "./built.ts";
import { overloaded } from "./builtin.ts";
import type { Builtin, Overload } from "./builtin.ts";
import type { Texts } from "./problems.ts";
import { addDays, addMonths, isMoment, isZone, parseDate, parseDuration, parseMoment, startOfDay, wallClock } from "./time.ts";
import type { WallClock } from "./time.ts";
import { T } from "./types.ts";
import type { Type } from "./types.ts";

const { text, int, datetime, duration } = T;

function zoned(zone: string): string {
  if (!isZone(zone)) throw new Fault("bad_text", { text: zone.slice(0, 40), expected: "timeZone" });
  return zone;
}

function moment(ms: number | null, given = ""): number {
  if (ms !== null && isMoment(ms)) return ms;
  throw given ? new Fault("bad_text", { text: given.slice(0, 40), expected: "datetime" }) : new Fault("overflow");
}

function few(count: number): number {
  if (Math.abs(count) > 4_000_000) throw new Fault("overflow");
  return count;
}

type About = Pick<Builtin, "key" | "signature" | "on" | "doc">;

/** A function whose last argument may be a zone; without it, the catalogue's. */
function inZone(about: About, params: readonly Type[], [result, call]: readonly [Type, (zone: string, ...args: never[]) => unknown]): Builtin {
  const compute = call as (zone: string, ...args: unknown[]) => unknown;
  const overloads = (zone: string): Overload[] => [
    { params, result, call: (...args: never[]) => compute(zone, ...args) },
    { params: [...params, text], result, call: (...args: never[]) => compute(zoned(args.at(-1)!), ...args.slice(0, -1)) },
  ];
  return {
    ...about,
    build(builder, call) {
      checkZone(builder, call.args[params.length]);
      return overloaded(about, overloads(builder.catalogue.timeZone)).build(builder, call);
    },
  };
}

/** A zone written out is checked at once. */
function checkZone(builder: Builder, node: Built["node"] | undefined): void {
  if (node?.op !== "value" || typeof node.args !== "string" || isZone(node.args)) return;
  builder.report("bad_text", { text: node.args.slice(0, 40), expected: "timeZone" }, node);
}

function part(key: string, of: (clock: WallClock) => number, doc: Texts): Builtin {
  return inZone({ key, signature: `datetime.${key}(zone)`, on: ["datetime"], doc }, [datetime], [int, (zone: string, at: number) => of(wallClock(at, zone))]);
}

const PARTS: readonly Builtin[] = [
  part("year", (clock) => clock.year, { en: "The year.", ru: "Год.", sl: "Leto." }),
  part("month", (clock) => clock.month, { en: "The month, 1–12.", ru: "Месяц, 1–12.", sl: "Mesec, 1–12." }),
  part("day", (clock) => clock.day, { en: "The day of the month, 1–31.", ru: "День месяца, 1–31.", sl: "Dan v mesecu, 1–31." }),
  part("weekday", (clock) => clock.weekday, { en: "The day of the week: 1 Monday … 7 Sunday.", ru: "День недели: 1 понедельник … 7 воскресенье.", sl: "Dan v tednu: 1 ponedeljek … 7 nedelja." }),
  part("hour", (clock) => clock.hour, { en: "The hour, 0–23.", ru: "Час, 0–23.", sl: "Ura, 0–23." }),
  part("minute", (clock) => clock.minute, { en: "The minute, 0–59.", ru: "Минута, 0–59.", sl: "Minuta, 0–59." }),
];

/** The names of CEL's standard, which counts months and days from 0; in UTC unless a zone is named. */
function standard(key: string, of: (clock: WallClock) => number, doc: Texts): Builtin {
  const onMoment: Overload[] = [
    { params: [datetime], result: int, call: (at: number) => of(wallClock(at, "UTC")) },
    { params: [datetime, text], result: int, call: (at: number, zone: string) => of(wallClock(at, zoned(zone))) },
  ];
  const unitMs = { getHours: 3_600_000, getMinutes: 60_000, getSeconds: 1000, getMilliseconds: 1 }[key];
  const onDuration: Overload[] = unitMs ? [{ params: [duration], result: int, call: (ms: number) => Math.trunc(ms / unitMs) + 0 }] : [];
  return overloaded({ key, signature: `datetime.${key}(zone)`, on: unitMs ? ["datetime", "duration"] : ["datetime"], doc }, [...onMoment, ...onDuration]);
}

const dayOfYear = (clock: WallClock): number => (Date.UTC(clock.year, clock.month - 1, clock.day) - Date.UTC(clock.year, 0, 1)) / 86_400_000;

const STANDARD: readonly Builtin[] = [
  standard("getFullYear", (clock) => clock.year, { en: "CEL: the year.", ru: "CEL: год.", sl: "CEL: leto." }),
  standard("getMonth", (clock) => clock.month - 1, { en: "CEL: the month from 0.", ru: "CEL: месяц с 0.", sl: "CEL: mesec od 0." }),
  standard("getDate", (clock) => clock.day, { en: "CEL: the day of the month from 1.", ru: "CEL: день месяца с 1.", sl: "CEL: dan v mesecu od 1." }),
  standard("getDayOfMonth", (clock) => clock.day - 1, { en: "CEL: the day of the month from 0.", ru: "CEL: день месяца с 0.", sl: "CEL: dan v mesecu od 0." }),
  standard("getDayOfWeek", (clock) => clock.weekday % 7, { en: "CEL: the day of the week, 0 Sunday.", ru: "CEL: день недели, 0 — воскресенье.", sl: "CEL: dan v tednu, 0 nedelja." }),
  standard("getDayOfYear", dayOfYear, { en: "CEL: the day of the year from 0.", ru: "CEL: день года с 0.", sl: "CEL: dan v letu od 0." }),
  standard("getHours", (clock) => clock.hour, { en: "CEL: the hour; of a duration, whole hours.", ru: "CEL: час; у длительности — целые часы.", sl: "CEL: ura; pri trajanju cele ure." }),
  standard("getMinutes", (clock) => clock.minute, { en: "CEL: the minute; of a duration, whole minutes.", ru: "CEL: минута; у длительности — целые минуты.", sl: "CEL: minuta; pri trajanju cele minute." }),
  standard("getSeconds", (clock) => clock.second, { en: "CEL: the second; of a duration, whole seconds.", ru: "CEL: секунда; у длительности — целые секунды.", sl: "CEL: sekunda; pri trajanju cele sekunde." }),
  standard("getMilliseconds", (clock) => clock.millisecond, { en: "CEL: the millisecond; of a duration, all of them.", ru: "CEL: миллисекунда; у длительности — все.", sl: "CEL: milisekunda; pri trajanju vse." }),
];

const CALENDAR: readonly Builtin[] = [
  inZone({ key: "startOfDay", signature: "datetime.startOfDay(zone)", on: ["datetime"], doc: { en: "The first moment of that day.", ru: "Начало этого дня.", sl: "Začetek tega dne." } },
    [datetime], [datetime, (zone: string, at: number) => moment(startOfDay(at, zone))]),
  inZone({ key: "addDays", signature: "datetime.addDays(days, zone)", on: ["datetime"], doc: { en: "The same time of day so many days later.", ru: "То же время через столько дней.", sl: "Isti čas čez toliko dni." } },
    [datetime, int], [datetime, (zone: string, at: number, days: number) => moment(addDays(at, few(days), zone))]),
  inZone({ key: "addMonths", signature: "datetime.addMonths(months, zone)", on: ["datetime"], doc: { en: "The same day and time so many months later.", ru: "Тот же день и время через столько месяцев.", sl: "Isti dan in čas čez toliko mesecev." } },
    [datetime, int], [datetime, (zone: string, at: number, months: number) => moment(addMonths(at, few(months), zone))]),
  inZone({ key: "date", signature: 'date("2026-03-29", zone)', on: [], doc: { en: "The first moment of a day written as year-month-day.", ru: "Начало дня, записанного как год-месяц-день.", sl: "Začetek dne, zapisanega kot leto-mesec-dan." } },
    [text], [datetime, (zone: string, given: string) => moment(parseDate(given, zone), given || " ")]),
  overloaded({ key: "timestamp", signature: 'timestamp("2026-03-29T10:00:00+02:00")', on: [], doc: { en: "A moment written with its zone.", ru: "Момент, записанный с часовым поясом.", sl: "Trenutek, zapisan s časovnim pasom." } },
    [{ params: [text], result: datetime, call: (given: string) => moment(parseMoment(given), given || " ") }, { params: [datetime], result: datetime, call: (at: number) => at }]),
  overloaded({ key: "duration", signature: 'duration("1h30m")', on: [], doc: { en: "A duration: \"1h30m\", \"2d\" or \"PT1H30M\".", ru: "Длительность: \"1h30m\", \"2d\" или \"PT1H30M\".", sl: "Trajanje: \"1h30m\", \"2d\" ali \"PT1H30M\"." } },
    [{ params: [text], result: duration, call: readDuration }, { params: [duration], result: duration, call: (ms: number) => ms }]),
];

function readDuration(given: string): number {
  const ms = parseDuration(given);
  if (ms === null) throw new Fault("bad_text", { text: given.slice(0, 40), expected: "duration" });
  return ms;
}

export const TIME_FUNCTIONS: readonly Builtin[] = [...PARTS, ...STANDARD, ...CALENDAR];
