"""The search upstream written as plainly as can be, to compare the real one with: every way is followed by itself."""

from collections import deque

from screening.domain.tracing import (
    MAX_STEPS,
    MOST_PATHS,
    MOST_TRIED,
    Grade,
    Path,
    Traced,
    grade_link,
    needs_above,
)


def trace(starts, links_by_customer, *, article, on, inputs, with_unrelated=False):
    """For every supplier upstream of the starts its best path: the better grade, then the nearest."""
    origins = list(dict.fromkeys(starts))
    found = Traced()
    passes = [Grade.TRACED, Grade.RELEVANT, Grade.POSSIBLE, *([Grade.UNRELATED] if with_unrelated else [])]
    for worst in passes:
        allowed = passes[: passes.index(worst) + 1]
        queue = deque((Path(start), article) for start in origins)
        seen = {(start, article) for start in origins}
        while queue:
            path, needs = queue.popleft()
            if path.steps_upstream >= MAX_STEPS:
                continue
            for link in links_by_customer.get(path.supplier, ()):
                step = grade_link(link, needs=needs, on=on, inputs=inputs)
                if step.grade not in allowed:
                    continue
                longer = Path(link.supplier, (*path.steps, step))
                if link.from_xinjiang or link.labour:
                    found.stated.setdefault(link.key, longer)
                state = (link.supplier, needs_above(step, needs))
                if link.is_aggregate or state in seen:
                    continue
                seen.add(state)
                if link.supplier not in origins:
                    found.paths.setdefault(link.supplier, longer)
                queue.append((longer, state[1]))
    return found


def count_paths(target, starts, links_by_customer, *, article, on, inputs):
    """How many ways lead from the starts to a party without passing a firm twice, as far as they are counted."""
    reached = trace(starts, links_by_customer, article=article, on=on, inputs=inputs).paths
    below = _below(target, links_by_customer, {*starts, *reached})
    count = tried = 0
    stack = [(start, article, frozenset({start})) for start in dict.fromkeys(starts) if start in below]
    while stack and count < MOST_PATHS and tried < MOST_TRIED:
        supplier, needs, passed = stack.pop()
        if len(passed) >= MAX_STEPS:
            continue
        for link in links_by_customer.get(supplier, ()):
            if link.supplier in passed or link.supplier not in below or link.is_aggregate:
                continue
            tried += 1
            step = grade_link(link, needs=needs, on=on, inputs=inputs)
            if step.grade == Grade.UNRELATED:
                continue
            if link.supplier == target:
                count += 1
            else:
                stack.append((link.supplier, needs_above(step, needs), passed | {link.supplier}))
    return count


def _below(target, links_by_customer, among):
    """Those of the firms from which links among them lead up to a party, and itself."""
    customers = {}
    for customer, links in links_by_customer.items():
        for link in links:
            customers.setdefault(link.supplier, []).append(customer)
    found, waiting = {target}, [target]
    while waiting:
        for customer in customers.get(waiting.pop(), ()):
            if customer in among and customer not in found:
                found.add(customer)
                waiting.append(customer)
    return found
