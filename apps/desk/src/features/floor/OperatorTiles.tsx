import type { Floor } from "@linija/server/contract/floor/floor";
import { ActionIcon, Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useT, useWord } from "../../i18n/intl.tsx";
import { Since, Until, useNow } from "../../shared/clock.tsx";
import { useSend } from "../../shared/query.ts";
import { useRefusal, useUndo } from "../../shared/toast.tsx";
import { may, useMe } from "../access/session.ts";
import css from "./floor.module.css";

type Operator = Floor["operators"][number];
const order = ["offered", "talking", "wrap_up", "ready", "not_ready", "offline"];

/** The wrap-up has gone on for longer than its queue gives. */
export const isWrapLate = ({ wrapUpEndsAt }: Operator, now: number): boolean => wrapUpEndsAt !== null && Date.parse(wrapUpEndsAt) < now;
const useWrapsLate = (operator: Operator): boolean => isWrapLate(operator, useNow());

/** People by state, with the time in it. */
export function OperatorTiles({ operators }: { operators: Operator[] }) {
  const sorted = [...operators].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || a.since.localeCompare(b.since));
  return <ul className={css.tiles}>{sorted.map((operator) => <li key={operator.id}><Tile operator={operator} /></li>)}</ul>;
}

function Tile({ operator }: { operator: Operator }) {
  const t = useT();
  const word = useWord();
  const me = useMe();
  const late = useWrapsLate(operator);
  const about = operator.clientName || (operator.state === "not_ready" && operator.reason ? word("reason", operator.reason) : "");
  return (
    <article className={css.tile} data-state={operator.state} data-late={late || undefined}>
      <header className="row"><span className={css.tileMark} aria-hidden /><span className="cut strong grow">{operator.name}</span>{may(me, "floor.force") && operator.state !== "talking" && operator.state !== "offered" && <ForceMenu operator={operator} />}</header>
      <div className="row between small"><span className="cut">{t(`state.${operator.state}`)}{about && ` · ${about}`}</span>{late && operator.wrapUpEndsAt ? <span className="chip danger num"><Until at={operator.wrapUpEndsAt} /><span className="visually-hidden">{t("wrap.over")}</span></span> : operator.state !== "offline" && <Since at={operator.since} className="num" />}</div>
      <div className="row between small dim"><span className="cut">{operator.languages.map((language) => language.toUpperCase()).join(" ")}</span><span className="num">{t("floor.answeredBy", { count: operator.answeredToday })}</span></div>
    </article>
  );
}

function ForceMenu({ operator }: { operator: Operator }) {
  const t = useT();
  const refuse = useRefusal();
  const undo = useUndo();
  const force = useSend("forceState", ["getFloor"], { onError: refuse });
  const before = operator.state === "ready" || operator.state === "offline" ? operator.state : "not_ready";
  const set = (state: "ready" | "not_ready" | "offline", reason: string | null = null) => force.mutate({ params: { id: operator.id }, body: { state, reason } }, {
    onSuccess: () => undo(t("floor.forced", { name: operator.name, state: t(`state.${state}`) }), () => force.mutate({ params: { id: operator.id }, body: { state: before, reason: operator.reason } })),
  });
  return (
    <Menu position="bottom-end">
      <Menu.Target><ActionIcon size={24} aria-label={t("floor.setState", { name: operator.name })}><IconDots size={15} /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        {operator.state !== "ready" && <Menu.Item onClick={() => set("ready")}>{t("state.goReady")}</Menu.Item>}
        {operator.state !== "not_ready" && <Menu.Item onClick={() => set("not_ready", "supervisor")}>{t("state.not_ready")}</Menu.Item>}
        {operator.state !== "offline" && <Menu.Item onClick={() => set("offline")}>{t("state.offline")}</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  );
}
