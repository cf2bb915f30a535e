import type { Me, RoleName } from "@linija/server/contract/access/access";
import { useEffect } from "react";
import { showLanguage } from "../../i18n/intl.tsx";
import { api, ApiError, headers } from "../../shared/api.ts";
import { queryClient, useApi } from "../../shared/query.ts";

/** Who is signed in. `undefined` while it is asked, `null` when nobody is. */
export function useSession(): { me: Me | null | undefined; error: unknown } {
  const { data, error } = useApi("getMe", null, { staleTime: 5 * 60_000 });
  const nobody = error instanceof ApiError && error.problem.status === 401;
  if (data) headers.csrf = data.csrf;
  const language = data?.language;
  useEffect(() => { if (language) showLanguage(language); }, [language]);
  return { me: nobody ? null : data, error: nobody ? null : error };
}

export function useMe(): Me {
  const { data } = useApi("getMe", null, { staleTime: 5 * 60_000 });
  if (!data) throw new Error("useMe outside of a session");
  return data;
}

export function begin(me: Me): void {
  headers.csrf = me.csrf;
  queryClient.setQueryData(["getMe", null], me);
}

export async function leave(): Promise<void> {
  await api("signOut").catch(() => undefined);
  headers.csrf = "";
  queryClient.clear();
  location.assign("/");
}

export const hasRole = (me: Me, ...roles: RoleName[]) => roles.some((role) => me.roles.includes(role));

/** Each role lands on its own screen; the widest role wins. */
export function homeOf(me: Me): "/work" | "/floor" | "/department" | "/admin" | "/reports" {
  if (hasRole(me, "management")) return "/reports";
  if (hasRole(me, "supervisor")) return "/floor";
  if (hasRole(me, "administrator")) return "/admin";
  return hasRole(me, "operator") ? "/work" : "/department";
}

/** For showing and hiding only: the server decides again at every request. */
export const may = (me: Me, right: string) => me.rights.includes(right);
