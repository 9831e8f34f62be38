"""Changes of images against their definitions, and what a game with them does with whom."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from ganlab_desktop.experiment.augmentation import Adaptive, DiffAugment, NoAugmentation
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.augmentation import Changes, build_augmentation
from ganlab_desktop.gan.game import SCALARS, Game

CPU = torch.device("cpu")
SHAPE = (3, 16, 8)
NOTHING = {"colour": False, "translation": False, "cutout": False}


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def images(count: int = 50, shape: tuple[int, int, int] = SHAPE) -> Tensor:
    return torch.rand(count, int(np.prod(shape)), generator=torch.Generator().manual_seed(1)) * 2.0 - 1.0


def changes(count: int = 50, **ways: bool) -> Changes:
    return build_augmentation(DiffAugment(**NOTHING | ways), SHAPE).draw(rng(), count, CPU)


def test_colours_are_added_to_and_stretched_about_their_means() -> None:
    change, x = changes(colour=True), images()
    seen = change(x).view(-1, *SHAPE)
    assert change.colour is not None
    for i, (added, saturation, contrast) in enumerate(change.colour.tolist()):
        assert abs(added) <= 0.5
        assert 0.0 <= saturation <= 2.0
        assert 0.5 <= contrast <= 1.5
        image = x[i].view(SHAPE) + added
        grey = image.mean(0)
        image = grey + saturation * (image - grey)
        torch.testing.assert_close(seen[i], image.mean() + contrast * (image - image.mean()))
    assert change.colour.std(0).numpy() == pytest.approx([1 / 12**0.5, 2 / 12**0.5, 1 / 12**0.5], rel=0.3)


def test_translations_move_by_an_eighth_at_most_and_leave_zeros() -> None:
    x = images(400)
    seen, was = changes(400, translation=True)(x).view(-1, *SHAPE), x.view(-1, *SHAPE)
    found = set()
    for before, after in zip(was, seen, strict=True):
        fits = []
        for down in (-2, -1, 0, 1, 2):
            for right in (-1, 0, 1):
                moved = torch.zeros(SHAPE)
                for i in range(16):
                    for j in range(8):
                        if 0 <= i - down < 16 and 0 <= j - right < 8:
                            moved[:, i, j] = before[:, i - down, j - right]
                if torch.equal(moved, after):
                    fits.append((down, right))
        assert len(fits) == 1
        found.add(fits[0])
    assert len(found) == 15


def test_cutouts_are_half_as_long_as_the_sides_where_they_are_inside() -> None:
    x = images(300)
    ratio = (changes(300, cutout=True)(x) / x).view(-1, *SHAPE)
    assert set(ratio.unique().tolist()) == {0.0, 1.0}
    heights = (ratio == 0.0).all(1).any(2).sum(1)
    widths = (ratio == 0.0).all(1).any(1).sum(1)
    holes = (ratio == 0.0).flatten(1).sum(1)
    assert torch.equal(holes, 3 * heights * widths)
    assert heights.max() == 8
    assert heights.min() == 4  # the centre is on the edge
    assert widths.max() == 4
    assert widths.min() == 2


def test_rows_are_repeated_in_turn() -> None:
    change, x = changes(10, colour=True, translation=True, cutout=True), images(10)
    torch.testing.assert_close(change(torch.cat((x, -x))), torch.cat((change(x), change(-x))))


def test_all_ways_are_differentiable() -> None:
    change = changes(2, colour=True, translation=True, cutout=True)
    x = images(2).requires_grad_()
    jacobian: Any = torch.autograd.functional.jacobian(change, x)
    torch.testing.assert_close(torch.einsum("aibj,bj->ai", jacobian, x) + change(torch.zeros_like(x)), change(x))
    assert jacobian[0, :, 0].any()
    assert not jacobian[0, :, 1].any()


def test_the_adaptive_probability_is_that_of_each_way_and_image() -> None:
    augmentation = build_augmentation(Adaptive(), SHAPE)
    x = images(2000)
    assert torch.equal(augmentation.draw(rng(), 2000, CPU)(x), x)  # it starts at 0
    augmentation.state["p"].fill_(0.3)
    change = augmentation.draw(rng(), 2000, CPU)
    assert change.colour is not None
    assert change.kept is not None
    coloured = (change.colour != torch.tensor((0.0, 1.0, 1.0))).any(1)
    cut = (change.kept == 0.0).flatten(1).any(1)
    for happened in (coloured, cut):
        assert float(happened.float().mean()) == pytest.approx(0.3, abs=0.04)
    assert float((coloured & cut).float().mean()) == pytest.approx(0.09, abs=0.03)


def test_the_probability_follows_the_sign_of_real_outputs() -> None:
    augmentation = build_augmentation(Adaptive(target=0.6, interval=2, images=100), SHAPE)
    p = augmentation.state["p"]
    sure, unsure = torch.ones(10, 1), torch.tensor([[1.0]] * 7 + [[-1.0]] * 3)  # r = 1 and 0.4
    followed = []
    for updates, v in enumerate((sure, unsure, sure, sure, unsure, unsure, sure, sure)):
        augmentation.heed(v, updates)
        followed.append(round(float(p), 6))
    assert followed == [0.0, 0.2, 0.2, 0.4, 0.4, 0.2, 0.2, 0.4]  # by 10 x 2 / 100, on r = 0.7, 1, 0.4, 1
    for updates in range(20):
        augmentation.heed(sure, updates)
    assert p == 1.0
    for updates in range(20):
        augmentation.heed(-sure, updates)
    assert p == 0.0


def test_no_augmentation_remembers_and_does_nothing() -> None:
    assert not build_augmentation(NoAugmentation(), (2,)).acts
    assert build_augmentation(NoAugmentation(), (2,)).state == {}


def game(settings: dict[str, Any]) -> Game:
    small = {
        "data.kind": "digits",
        "generator.kind": "mlp",
        "generator.hidden": [8],
        "discriminator.hidden": [8],
        "discriminator.activation": "silu",
        "schedule.batch_size": 16,
    }
    return Game(with_changes(Experiment(), small | settings), CPU)


def test_penalties_are_taken_with_respect_to_the_images_before_their_change() -> None:
    played = game({"augmentation.kind": "diffaugment", "penalties": [{"kind": "r1", "weight": 3.0}]})
    drawn: list[Changes] = []
    augmentation: Any = played._augmentation
    draw = augmentation.draw
    augmentation.draw = lambda *arguments: drawn.append(draw(*arguments)) or drawn[-1]
    judge = played.discriminator.module
    for phase in played.phases[:3]:
        phase.run()
    real, fake, change = played.batch["real"].clone().requires_grad_(), played.batch["fake"], drawn[0]
    v_real = judge(change(real))
    torch.testing.assert_close(played.batch["v_real"], v_real.detach())
    torch.testing.assert_close(played.batch["v_fake"], judge(change(fake)).detach())
    (gradient,) = torch.autograd.grad(v_real.sum(), real)
    torch.testing.assert_close(played._scalars["penalty"], 1.5 * gradient.square().sum(1).mean())
    (inner,) = torch.autograd.grad(judge(seen := change(real).detach().requires_grad_()).sum(), seen)
    assert not torch.isclose(inner.square().sum(), gradient.square().sum(), rtol=0.05)  # another number altogether


def test_the_generator_learns_through_changes_of_its_own_images() -> None:
    played = game({"augmentation.kind": "diffaugment"})
    drawn: list[Changes] = []
    augmentation: Any = played._augmentation
    draw = augmentation.draw
    augmentation.draw = lambda *arguments: drawn.append(draw(*arguments)) or drawn[-1]
    for phase in played.phases[:-1]:
        phase.run()
    first, second = drawn
    x = images(16, (1, 8, 8))
    assert not torch.equal(first(x), second(x))
    fake = played.generator.module(played.batch["latent"])
    loss = torch.nn.functional.softplus(-played.discriminator.module(second(fake))).mean()
    torch.testing.assert_close(played.batch["gradient"], played.generator.gradient(loss))


def test_the_probability_survives_edits_and_is_part_of_the_state() -> None:
    played = game({"augmentation": {"kind": "ada", "interval": 1, "images": 640, "target": -1.0}})
    played._augmentation.state["p"].fill_(0.5)
    for _ in range(4):
        row = dict(zip(SCALARS, played.iterate().tolist(), strict=True))
    p = played.state().tensors["augmentation.p"]
    assert row["augmentation"] == p
    assert 0.5 <= p <= 0.6  # a step is 16 / 640, and none where r is at its least
    changed = with_changes(played.experiment, {"augmentation.target": 0.9})
    played.edit(changed, played.accept(changed))
    assert played.state().tensors["augmentation.p"] == p
    none = with_changes(changed, {"augmentation.kind": "none"})
    played.edit(none, played.accept(none))
    assert "augmentation.p" not in played.state().tensors
