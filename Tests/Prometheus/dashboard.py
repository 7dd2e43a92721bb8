"""What the scripts beside this one share."""
import json, os, re, socket


def port():
    """One that nobody listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def panels(documents):
    """The panels of the dashboard."""
    with open(os.path.join(documents, "dashboard.json")) as file:
        return json.load(file)["panels"]


def empty(documents, query):
    """What the panels ask for and get no value of, of all hosts and domains."""
    found = [target["expr"] for panel in panels(documents) for target in panel["targets"]]
    asked = [re.sub(r"\$(host|domain)", ".*", text) for text in found]
    return [text for text in asked if not query(text.replace("$__rate_interval", "1m"))]
