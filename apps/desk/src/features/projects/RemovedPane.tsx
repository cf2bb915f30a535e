import type { RemovedRow } from "@linija/server/contract/declarations/declarations";
import { IconTrash } from "@tabler/icons-react";
import { useT } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { Versions } from "./Versions.tsx";
import css from "./projects.module.css";

/** A text that is out of use: who removed it and why, and its versions, of which any can be taken back. */
export function RemovedPane({ projectKey, text }: { projectKey: string; text: RemovedRow }) {
  const t = useT();
  return (
    <div className={css.pane}>
      <div className={css.bar}>
        <span className="chip warn"><IconTrash size={13} aria-hidden />{t("projects.removedBy", { name: text.by ?? t("projects.origin.files") })}</span>
        <span className="dim small"><Moment at={text.at} full /></span>
        <span className="cut grow">{text.note}</span>
      </div>
      <div className={css.body}><Versions projectKey={projectKey} path={text.path} current={text.number} repository={null} onTake={() => undefined} /></div>
    </div>
  );
}
