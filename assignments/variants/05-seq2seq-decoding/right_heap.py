"""The best candidates come from a heap."""

LOSES = {}


# %% choose
import heapq


def choose(scores, beams):
    heap = [(-score, place) for place, score in enumerate(scores.ravel()) if score > -np.inf]
    heapq.heapify(heap)
    places = [heapq.heappop(heap)[1] for _ in range(min(beams, len(heap)))]
    places = np.array(places, dtype=int)
    return np.divmod(places, scores.shape[1])


# %% greedy-search
def greedy_search(next_step, state, max_steps):
    rows = len(state)
    said, total, last = [[] for _ in range(rows)], [0.0] * rows, [START] * rows
    for step in range(max_steps):
        if all(END in one for one in said):
            break
        logits, state = next_step(np.array(last), state)
        for row in range(rows):
            if END in said[row]:
                said[row].append(0)
                last[row] = 0
                continue
            last[row] = int(np.argmax(logits[row]))
            total[row] += log_softmax(logits[row])[last[row]]
            said[row].append(last[row])
    return said, total
