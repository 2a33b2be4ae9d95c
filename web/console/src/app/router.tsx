/** The addresses of the console: /console?box=mine and /console/c/<conversation>?box=mine. */
import {
  createRootRoute, createRoute, createRouter, Outlet, useNavigate, useParams, useSearch,
} from "@tanstack/react-router";
import { useEffect } from "react";
import type { Box } from "../api/types";
import { place, setNavigator } from "./nav";
import { Gate } from "./Gate";

const BOXES: readonly string[] = ["mine", "unassigned", "all", "resolved"];

function validSearch(search: { [key: string]: unknown }): { box?: Box } {
  const box = search["box"];
  return typeof box === "string" && BOXES.includes(box) ? { box: box as Box } : {};
}

/** Keeps the place and the address the same. */
function Root() {
  const navigate = useNavigate();
  const { box } = useSearch({ strict: false });
  const { id } = useParams({ strict: false });
  place.set(samePlace(box ?? "mine", id ?? null));
  useEffect(() => {
    setNavigator((to, replace) => {
      const search = to.box === "mine" ? {} : { box: to.box };
      if (to.id) void navigate({ to: "/c/$id", params: { id: to.id }, search, replace });
      else void navigate({ to: "/", search, replace });
    });
  }, [navigate]);
  return (
    <Gate>
      <Outlet />
    </Gate>
  );
}

function samePlace(box: Box, id: string | null) {
  const now = place.get();
  return now.box === box && now.id === id ? now : { box, id };
}

const root = createRootRoute({ component: Root, validateSearch: validSearch, notFoundComponent: () => null });
const home = createRoute({ getParentRoute: () => root, path: "/" });
const conversation = createRoute({ getParentRoute: () => root, path: "/c/$id" });
const signIn = createRoute({ getParentRoute: () => root, path: "/sign-in" });

export const router = createRouter({
  routeTree: root.addChildren([home, conversation, signIn]),
  basepath: "/console",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
