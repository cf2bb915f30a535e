import type { ClientView } from "@linija/server/contract/clients/clients";
import { Button } from "@mantine/core";
import { useT } from "../../i18n/intl.tsx";
import { useApi } from "../../shared/query.ts";
import css from "./clients.module.css";

/** The base may know this client already: take that card, or add a new one all the same. */
export function Duplicates({ ids, onTake, onForce }: { ids: string[]; onTake: (client: ClientView) => void; onForce: () => void }) {
  const t = useT();
  return (
    <div className={css.conflict} role="alert">
      <b>{t("duplicate.title")}</b>
      {ids.slice(0, 5).map((id) => <Duplicate key={id} id={id} onTake={onTake} />)}
      <div className="row"><Button size="compact-sm" variant="default" onClick={onForce}>{t("duplicate.force")}</Button></div>
    </div>
  );
}

function Duplicate({ id, onTake }: { id: string; onTake: (client: ClientView) => void }) {
  const t = useT();
  const { data } = useApi("getClient", { params: { id } });
  if (!data) return <div className="skeleton" style={{ height: 30 }} />;
  return <div className="row between"><span className="cut"><b>{data.name}</b> <span className="num dim">{data.phones[0]}</span></span><Button size="compact-sm" onClick={() => onTake(data)}>{t("duplicate.take")}</Button></div>;
}
