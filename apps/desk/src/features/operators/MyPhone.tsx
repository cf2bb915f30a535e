import { useT } from "../../i18n/intl.tsx";
import { useApi } from "../../shared/query.ts";
import css from "./myPhone.module.css";

/** In one's own line: what was typed into the phone, without its password. */
export default function MyPhone({ extension }: { extension: string }) {
  const t = useT();
  const { data, error } = useApi("operatorChoices", null, { staleTime: 5 * 60_000 });
  const server = data?.server;
  // No list of terms: a menu may hold items and plain text only.
  return (
    <div className={css.mine}>
      <div>
        <div><span>{t("phone.extension")}</span><b>{extension}</b></div>
        {/* Their places are kept while they are on their way, so that the menu does not grow under the pointer. */}
        {!error && <div><span>{t("phone.server")}</span><b>{server ? `${server.host}:${server.port}` : "…"}</b></div>}
        {!error && <div><span>{t("phone.transport")}</span><b>{server ? server.transports.map((each) => each.toUpperCase()).join(` ${t("phone.or")} `) : "…"}</b></div>}
      </div>
      <p>{t("phone.lost")}</p>
    </div>
  );
}
