import { useT } from "../../i18n/intl.tsx";
import { useApi } from "../../shared/query.ts";
import css from "./myPhone.module.css";

/** In one's own line: what was typed into the phone, without its password. */
export default function MyPhone({ extension }: { extension: string }) {
  const t = useT();
  const { data, error } = useApi("operatorChoices", null, { staleTime: 5 * 60_000 });
  const server = data?.server;
  return (
    <div className={css.mine}>
      <dl>
        <div><dt>{t("phone.extension")}</dt><dd>{extension}</dd></div>
        {/* Their places are kept while they are on their way, so that the menu does not grow under the pointer. */}
        {!error && <div><dt>{t("phone.server")}</dt><dd>{server ? `${server.host}:${server.port}` : "…"}</dd></div>}
        {!error && <div><dt>{t("phone.transport")}</dt><dd>{server ? server.transports.map((each) => each.toUpperCase()).join(` ${t("phone.or")} `) : "…"}</dd></div>}
      </dl>
      <p>{t("phone.lost")}</p>
    </div>
  );
}
