import { QueryCache, QueryClient, useInfiniteQuery, useMutation, useQuery, type UseMutationOptions, type UseQueryOptions } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, ApiError, type Args, type Input, type Reply, type RouteName } from "./api.ts";
import { freshen, pageSize } from "./fresh.ts";
import { itemsOf, type Known, type Page, type Pages } from "./lists.ts";

const isAway = (error: unknown) => error instanceof ApiError && (error.problem.status === 0 || error.problem.status === 503);

/** Reads are retried when the link or the server is away, never when the answer is no. */
export const queryClient: QueryClient = new QueryClient({
  // A session that ended elsewhere shows on any read; asking who we are then brings the sign-in.
  queryCache: new QueryCache({ onError: (error, query) => {
    if (error instanceof ApiError && error.problem.status === 401 && query.queryKey[0] !== "getMe") refresh(["getMe"]);
  } }),
  defaultOptions: {
    queries: {
      networkMode: "always", staleTime: 15_000, gcTime: 10 * 60_000, refetchOnWindowFocus: false,
      retry: (count, error) => count < 2 && isAway(error),
      // What could not be read heals by itself; not all desks in the same second.
      refetchInterval: (query) => (isAway(query.state.error) ? 4000 + Math.random() * 2000 : false),
    },
    // "always": browsers are often wrong about being offline, on a company network most of all.
    mutations: { networkMode: "always" },
  },
});

type Extra<K extends RouteName> = Omit<UseQueryOptions<Reply<K>>, "queryKey" | "queryFn">;

/** Reads one route. The key is the route's name and its input, so that a push can be matched by name. */
export function useApi<K extends RouteName>(name: K, ...rest: unknown extends Input<K> ? [input?: null, extra?: Extra<K>] : [input: Input<K>, extra?: Extra<K>]) {
  const [input, extra] = rest;
  const args = (input ? [input] : []) as unknown as Args<K>;
  return useQuery<Reply<K>>({ queryKey: [name, input ?? null], queryFn: () => api(name, ...args), ...extra });
}

const idOf = (value: unknown): string[] => (typeof value === "object" && value !== null && "id" in value && typeof value.id === "string" ? [value.id] : []);

/** One write. `touches` are the reads that are no longer true after it; of long lists only what the write is about is read again. */
export function useSend<K extends RouteName>(name: K, touches: RouteName[] = [], extra: Omit<UseMutationOptions<Reply<K>, Error, Input<K>>, "mutationFn"> = {}) {
  return useMutation<Reply<K>, Error, Input<K>>({
    ...extra,
    mutationFn: (input) => api(name, ...([input] as unknown as Args<K>)),
    onSuccess: async (...all) => {
      await extra.onSuccess?.(...all);
      const [reply, input] = all;
      refresh(touches, new Set([...idOf(reply), ...idOf((input as { params?: unknown }).params)]));
    },
  });
}

/** Reads again what is shown by these names; of a list of many pages its first, and those with the things named. */
export function refresh(names: readonly RouteName[], ids: ReadonlySet<string> = new Set()): void {
  for (const name of names) freshen(queryClient, name, () => ids);
}

type Paged = { [K in RouteName]: Reply<K> extends { items: unknown[]; next: string | null } ? K : never }[RouteName];

/** Keyset pages of a list, joined as they arrive. */
export function usePages<K extends Paged>(name: K, input: Input<K>, { enabled = true, ...extra }: { /** Changed items may move to any place, not only to the top. */ anyOrder?: boolean; enabled?: boolean } = {}) {
  type Item = (Reply<K> extends { items: (infer I)[] } ? I : never) & Known;
  const result = useInfiniteQuery({
    queryKey: [name, input, "pages"], enabled, initialPageParam: undefined as string | undefined, meta: { ...extra },
    queryFn: ({ pageParam }) => {
      const given = input as { query?: object };
      return api(name, ...([{ ...given, query: { limit: pageSize, ...given.query, after: pageParam } }] as unknown as Args<K>)) as unknown as Promise<Page<Item>>;
    },
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: (before) => before,
  });
  const items = useMemo(() => result.data && itemsOf(result.data as Pages<Item>), [result.data]);
  return { ...result, items };
}
