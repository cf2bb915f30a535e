import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import type { Me } from "@linija/server/contract/access/access";
import { homeOf } from "../features/access/session.ts";
import { Workspace } from "../features/workspace/Workspace.tsx";
import { Skeleton } from "../shared/parts.tsx";
import { queryClient } from "../shared/query.ts";
import { Broken } from "./Broken.tsx";
import { Nowhere } from "./Nowhere.tsx";
import { Shell } from "./Shell.tsx";

const root = createRootRoute({ component: Shell });
const home = createRoute({
  getParentRoute: () => root, path: "/",
  beforeLoad: () => {
    const me = queryClient.getQueryData<Me>(["getMe", null]);
    if (me) throw redirect({ to: homeOf(me), replace: true });
  },
});

export interface WorkSearch { call?: string; ticket?: string; client?: string }
const text = (value: unknown) => (typeof value === "string" ? value : undefined);
const work = createRoute({
  getParentRoute: () => root, path: "/work", component: Workspace,
  validateSearch: (search): WorkSearch => ({ call: text(search.call), ticket: text(search.ticket), client: text(search.client) }),
});
const calls = createRoute({
  getParentRoute: () => root, path: "/calls", component: lazyRouteComponent(() => import("../features/calls/CallsPage.tsx"), "CallsPage"),
  validateSearch: (search): { call?: string } => ({ call: text(search.call) }),
});
const tickets = createRoute({
  getParentRoute: () => root, path: "/tickets", component: lazyRouteComponent(() => import("../features/tickets/TicketsPage.tsx"), "TicketsPage"),
  validateSearch: (search): { view?: string; filter?: string; sort?: string; columns?: string; board?: true } => ({ view: text(search.view), filter: text(search.filter), sort: text(search.sort), columns: text(search.columns), board: search.board === true ? true : undefined }),
});
const ticket = createRoute({ getParentRoute: () => root, path: "/tickets/$id", component: lazyRouteComponent(() => import("../features/tickets/TicketPage.tsx"), "TicketPage") });
const clients = createRoute({
  getParentRoute: () => root, path: "/clients", component: lazyRouteComponent(() => import("../features/clients/ClientsPage.tsx"), "ClientsPage"),
  validateSearch: (search): { client?: string } => ({ client: text(search.client) }),
});
const floor = createRoute({ getParentRoute: () => root, path: "/floor", component: lazyRouteComponent(() => import("../features/floor/FloorPage.tsx"), "FloorPage") });
const wall = createRoute({ getParentRoute: () => root, path: "/wall", component: lazyRouteComponent(() => import("../features/floor/WallPage.tsx"), "WallPage") });
const department = createRoute({ getParentRoute: () => root, path: "/department", component: lazyRouteComponent(() => import("../features/department/DepartmentPage.tsx"), "DepartmentPage") });
const duties = createRoute({ getParentRoute: () => root, path: "/duties", component: lazyRouteComponent(() => import("../features/duties/DutiesPage.tsx"), "DutiesPage") });
const promises = createRoute({ getParentRoute: () => root, path: "/promises", component: lazyRouteComponent(() => import("../features/promises/PromisesPage.tsx"), "PromisesPage") });
const load = createRoute({ getParentRoute: () => root, path: "/load", component: lazyRouteComponent(() => import("../features/load/LoadPage.tsx"), "LoadPage") });
const handovers = createRoute({ getParentRoute: () => root, path: "/handovers", component: lazyRouteComponent(() => import("../features/handovers/HandoversPage.tsx"), "HandoversPage") });
const approvals = createRoute({ getParentRoute: () => root, path: "/approvals", component: lazyRouteComponent(() => import("../features/approvals/ApprovalsPage.tsx"), "ApprovalsPage") });
const operators = createRoute({
  getParentRoute: () => root, path: "/operators", component: lazyRouteComponent(() => import("../features/operators/OperatorsPage.tsx"), "OperatorsPage"),
  validateSearch: (search): { operator?: string } => ({ operator: text(search.operator) }),
});
const projects = createRoute({ getParentRoute: () => root, path: "/projects", component: lazyRouteComponent(() => import("../features/projects/ProjectsPage.tsx"), "ProjectsPage") });
const project = createRoute({
  getParentRoute: () => root, path: "/projects/$key", component: lazyRouteComponent(() => import("../features/projects/ProjectPage.tsx"), "ProjectPage"),
  validateSearch: (search): { text?: string } => ({ text: text(search.text) }),
});
const reports = createRoute({
  getParentRoute: () => root, path: "/reports", component: lazyRouteComponent(() => import("../features/reports/StageTimesPage.tsx"), "StageTimesPage"),
  validateSearch: (search): { project?: string; process?: string; days?: number } => ({ project: text(search.project), process: text(search.process), days: typeof search.days === "number" ? search.days : undefined }),
});
const breakdown = createRoute({
  getParentRoute: () => root, path: "/reports/breakdown", component: lazyRouteComponent(() => import("../features/reports/BreakdownPage.tsx"), "BreakdownPage"),
  validateSearch: (search): { project?: string; type?: string; by?: string; days?: number } => ({ project: text(search.project), type: text(search.type), by: text(search.by), days: typeof search.days === "number" ? search.days : undefined }),
});
const rules = createRoute({
  getParentRoute: () => root, path: "/rules", component: lazyRouteComponent(() => import("../features/rules/RulesPage.tsx"), "RulesPage"),
  validateSearch: (search): { project?: string; rule?: string } => ({ project: text(search.project), rule: text(search.rule) }),
});
const admin = createRoute({ getParentRoute: () => root, path: "/admin", component: lazyRouteComponent(() => import("../features/health/AdminPage.tsx"), "AdminPage") });
const settings = createRoute({ getParentRoute: () => root, path: "/settings", component: lazyRouteComponent(() => import("../features/settings/SettingsPage.tsx"), "SettingsPage") });

export const router = createRouter({
  routeTree: root.addChildren([home, work, calls, tickets, ticket, clients, floor, wall, department, promises, load, handovers, duties, approvals, operators, projects, project, reports, breakdown, rules, admin, settings]),
  defaultPreload: "intent",
  defaultNotFoundComponent: () => <Nowhere />,
  defaultErrorComponent: ({ reset }) => <Broken reset={reset} />,
  defaultPendingComponent: () => <Skeleton rows={5} />,
  // The scroll restoration of the router writes an inline script, which the CSP forbids.
  scrollRestoration: false,
});
declare module "@tanstack/react-router" { interface Register { router: typeof router } }
