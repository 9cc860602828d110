"""FastAPI with response models."""
import asyncio
import os

import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel


class User(BaseModel):
    id: int
    email: str


class Problem(BaseModel):
    detail: str


row = {"id": 1, "email": "ada@example.com", "password_hash": "SECRET"}
producer = {"isOpen": False}
app = FastAPI()


@app.get("/row", response_model=User)
async def read_row():
    return row


@app.get("/broken", response_model=User)
async def broken():
    return {**row, "id": "SECRET"}


@app.get("/undeclared", response_model=User)
async def undeclared():
    return JSONResponse({"secret": "SECRET"}, status_code=418)


@app.get("/missing", response_model=User, responses={404: {"model": Problem}})
async def missing():
    return JSONResponse({"detail": "User not found", "secret": "SECRET"}, status_code=404)


@app.get("/throws", response_model=User)
async def throws():
    raise ValueError("SECRET")


@app.get("/users/{user_id}", response_model=User)
async def find(user_id: int):
    return row


async def session(authorization: str | None = Header(None)):
    if authorization is None:
        raise HTTPException(401, "Sign in first")


@app.post("/guarded", response_model=User, dependencies=[Depends(session)])
async def guarded(user: User):
    return user


async def fail():
    yield "begun\n"
    await asyncio.sleep(0.02)
    raise ValueError("SECRET")


async def go_on():
    producer["isOpen"] = True
    try:
        while True:
            yield "more\n"
            await asyncio.sleep(0.005)
    finally:
        producer["isOpen"] = False


@app.get("/failing")
async def failing():
    return StreamingResponse(fail(), media_type="text/plain")


@app.get("/endless")
async def endless():
    return StreamingResponse(go_on(), media_type="text/plain")


@app.get("/producer")
async def read_producer():
    return producer


uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="critical")
