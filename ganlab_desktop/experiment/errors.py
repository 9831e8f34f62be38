"""What goes wrong when a user specifies an experiment."""


class ExperimentError(ValueError):
    """An experiment that cannot be accepted; the message is one line for the user.

    `path` names the place ("optimizer.generator.lr"), empty where the whole file is at fault.
    """

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}" if path else problem)
        self.path = path
        self.problem = problem
