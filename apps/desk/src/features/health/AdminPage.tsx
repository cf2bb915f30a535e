import { Page } from "../../shared/parts.tsx";
import { useT } from "../../i18n/intl.tsx";
import { Users } from "../access/Users.tsx";
import { Health } from "./Health.tsx";

/** The administrator's home: is everything well, then who may do what. */
export function AdminPage() {
  const t = useT();
  return <Page title={t("nav.admin")}><Health /><Users /></Page>;
}
